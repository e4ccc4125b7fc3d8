"""Every story of `stories/` is told again and must read as its golden part says."""

import functools
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from ivr.flow_engine.definition import Flow
from ivr.flow_linter.linter import lint_flow, lint_site
from tests.conversations.telling import tell

HERE = Path(__file__).parent
SHIPPED = HERE.parent.parent / "flows"
STORIES = sorted((HERE / "stories").glob("*.yaml"))
FOLDERS = {"shipped": SHIPPED, "own": HERE / "flows"}


@functools.cache
def flow_named(name: str) -> Flow:
    """`shipped/main-inbound` or `own/<id>`, with every text below its folder."""
    folder = FOLDERS[name.split("/")[0]]
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.yaml")
    }
    site, findings = lint_site(files["site.yaml"], file="site.yaml")
    assert site, [finding.render("en") for finding in findings]
    audio = {
        path.relative_to(folder).as_posix(): "00" for path in (folder / "audio").rglob("*.wav")
    }
    result = lint_flow(files, name.split("/")[1], site, audio)
    assert result.flow, [finding.render("en") for finding in result.findings]
    return result.flow


@functools.cache
def stories_in(path: Path) -> Any:
    """Nobody may change what is returned."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


CASES = [
    pytest.param(path, place, id=f"{path.stem}: {story['story']}")
    for path in STORIES
    for place, story in enumerate(stories_in(path))
]


@pytest.mark.parametrize(("path", "place"), CASES)
def test_conversation(path: Path, place: int, request: pytest.FixtureRequest) -> None:
    story = stories_in(path)[place]
    told = tell(flow_named(story["flow"]), story)
    if request.config.getoption("--update", default=False):
        _rewrite(path, place, told)
        return
    assert told == story["expected"].splitlines()


def _rewrite(path: Path, place: int, told: list[str]) -> None:
    """Only the expected part changes; steps and comments stay as written."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    stories = yaml.load(path.read_text(encoding="utf-8"))
    stories[place]["expected"] = LiteralScalarString("\n".join(told) + "\n")
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(stories, file)
