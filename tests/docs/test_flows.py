"""docs/flows.md and its Japanese twin are walked: each change is made in a copy of the shipped
flows, each command is given, and what it prints is what the page shows.

`python -m tests.docs.test_flows` writes what the commands print into both pages.
"""

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from kazasu.cli.main import app
from kazasu.demo import place as places
from kazasu.demo import programs
from kazasu.demo.place import Place
from stores.sql.migrations import migrate

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {"en": ROOT / "docs" / "flows.md", "ja": ROOT / "docs" / "flows.ja.md"}
MISTAKES: Final = 15
_PART: Final = re.compile(r"^### \d+\. [^\n]*$|^```(?:diff|console)\n.*?^```$", re.M | re.S)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST")


def start(folder: Path) -> None:
    """The shipped flows, and what a demo leaves in its folder."""
    shutil.copytree(ROOT / "flows", folder / "flows")
    place = Place(folder=folder / ".demo")
    place.folder.mkdir()
    places.secrets_of(place)
    migrate.upgrade(place.database)


def walked(page: str, language: str) -> str:
    """The page as it would be, had its commands just been given in the folder that one is in.

    A section `### 1. …` is a mistake: it begins with the flows as the sections before the first one
    left them."""
    before: dict[str, bytes] = {}

    def part(found: re.Match[str]) -> str:
        text = found[0]
        if text.startswith("###"):
            if not before:
                before.update(_files())
            for name, content in before.items():
                Path(name).write_bytes(content)
            return text
        if text.startswith("```diff"):
            _change(text)
            return text
        return _console(text, language)

    return _PART.sub(part, page)


def _files() -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in Path("flows").rglob("*.yaml")}


def _change(block: str) -> None:
    """Parts of lines: `-` what stands there, in one place, and `+` what comes instead."""
    _, named, *lines, _ = block.splitlines()
    path = Path(named.removeprefix("--- "))
    old, new = (
        "\n".join(line[1:] for line in lines if line.startswith(sign)) for sign in ("-", "+")
    )
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _console(block: str, language: str) -> str:
    shown, given = [], [line for line in block.splitlines() if line.startswith("$ ")]
    for line in given:
        words = shlex.split(line[2:])
        typed = ""
        if words[0] == "printf":
            typed, words = words[1].replace("\\n", "\n"), words[3:]
        lines = int(words.pop().removeprefix("-")) if "tail" in words else 0
        words = words[: words.index("|")] if "|" in words else words
        if words[:2] == ["kazasu", "demo"]:
            _demo_starts(words)
            return block
        done = CliRunner().invoke(app, [*words[1:], "--lang", language], input=typed)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        shown += [line, *done.output.rstrip().splitlines()[-lines:]]
    return "\n".join(["```console", *shown, "```"])


def _demo_starts(words: list[str]) -> None:
    """It stays, and its journeys are elsewhere: only what commands on its folder see of it."""
    options = programs.PUBLISHED if "--published" in words else {}
    places.write_private(Place(folder=Path(".demo")).running, json.dumps({"options": options}))


def _without_times(page: str) -> str:
    return _TIME.sub("…", page)


@pytest.mark.parametrize("language", sorted(PAGES))
def test_what_the_page_shows_is_what_is_printed(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ:
        if name.startswith("KAZASU_"):
            monkeypatch.delenv(name)
    start(tmp_path)
    monkeypatch.chdir(tmp_path)
    page = PAGES[language].read_text(encoding="utf-8")
    assert _without_times(walked(page, language)) == _without_times(page)


@pytest.mark.parametrize("language", sorted(PAGES))
def test_every_mistake_is_found_at_its_line(language: str) -> None:
    page = PAGES[language].read_text(encoding="utf-8")
    sections = re.split(r"^### \d+\. ", page, flags=re.M)[1:]
    assert len(sections) == MISTAKES
    first = [re.search(r"^flows/[\w./-]+:\d+:\d+ ([A-Z]\d{3}) [EW] .+", s, re.M) for s in sections]
    assert len({found[1] for found in first if found}) >= MISTAKES - 4
    assert all(first)


def test_both_languages_take_the_same_way() -> None:
    shapes = []
    for path in PAGES.values():
        page = path.read_text(encoding="utf-8")
        headings = re.findall(r"^(#+) (\d+\.)?", page, re.M)
        diffs = re.findall(r"^```(?:diff|yaml|sh)\n.*?^```$", page, re.M | re.S)
        shapes.append((headings, diffs, re.findall(r"^\$ .*", page, re.M)))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", sorted(PAGES))
def test_every_link_leads_somewhere(language: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[language].read_text(encoding="utf-8")):
        assert (ROOT / "docs" / link).exists(), link


def _write() -> None:
    for language, path in PAGES.items():
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            start(Path(folder))
            path.write_text(walked(path.read_text("utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    _write()
