"""docs/twilio.md and its Japanese twin say the same, and all that they name exists."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from ivr.carriers.twilio.twiml import DocumentSettings
from kazasu.cli import main
from kazasu.doctor import way_back
from kazasu.settings import environment
from kazasu.settings.model import Settings
from tests.docker.files import DOCKER, compose

ROOT = Path(__file__).parents[2]
PAGES = {"en": ROOT / "docs" / "twilio.md", "ja": ROOT / "docs" / "twilio.ja.md"}
TEXTS = {language: path.read_text(encoding="utf-8") for language, path in PAGES.items()}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
SHOUTED = re.compile(r"\b(?:KAZASU|TWILIO|TRUST|PUBLIC|SECRET|DATABASE|REDIS)_[A-Z_]+\b")
WRONG_USE = typer.BadParameter.__base__ or Exception  # what typer raises for words it cannot use
LANGUAGES = pytest.mark.parametrize("language", sorted(PAGES))


def _headings(text: str) -> list[tuple[int, str]]:
    """Level and number, such as (2, "1.")."""
    plain = BLOCK.sub("", text)
    found = re.findall(r"^(#+) (\d\.)?", plain, re.M)
    return [(len(marks), number) for marks, number in found]


def _rows(text: str) -> list[int]:
    """How many cells each row of each table has."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def test_both_languages_have_the_same_shape() -> None:
    english, japanese = TEXTS["en"], TEXTS["ja"]
    assert _headings(english) == _headings(japanese)
    assert BLOCK.findall(english) == BLOCK.findall(japanese)
    assert _rows(english) == _rows(japanese)
    for pattern in (r"`[^`\n]+`", r"\]\(([^)]+)\)"):
        bare = [sorted(re.findall(pattern, BLOCK.sub("", text))) for text in TEXTS.values()]
        links = [[x for x in found if not x.startswith("twilio")] for found in bare]
        assert links[0] == links[1]


def _commands(text: str) -> list[list[str]]:
    """Words after `kazasu`, of code blocks and of the running text."""
    lines = [line for _, block in BLOCK.findall(text) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))
    found = []
    for line in lines:
        if re.match(r"(\.venv/bin/)?kazasu |docker compose .* run ", line):
            words = shlex.split(line)
            place = words.index("service") if words[0] == "docker" else 0
            found.append(words[place + 1 :])
    return [words for words in found if words]


def _understood(words: list[str]) -> None:
    """Raises an error of use for what is no command, no option, or a missing word."""
    command, left = typer.main.get_command(main.app), list(words)
    while isinstance(command, TyperGroup) and left and not left[0].startswith("-"):
        name = left.pop(0)
        if name not in command.commands:
            raise typer.BadParameter(name)
        command = command.commands[name]
    command.make_context("kazasu", left)


@LANGUAGES
def test_every_command_is_one(language: str) -> None:
    commands = _commands(TEXTS[language])
    assert len(commands) >= 12
    for words in commands:
        _understood(words)
    for wrong in (["twilio", "setup", "--try"], ["twilio", "set-up"], ["demo", "tap"]):
        with pytest.raises(WRONG_USE):
            _understood(wrong)


@LANGUAGES
def test_every_setting_is_one(language: str) -> None:
    variables = set(re.findall(r"\$\{([A-Z_]+)", (DOCKER / "compose.yaml").read_text("utf-8")))
    named = set(SHOUTED.findall(TEXTS[language]))
    assert len(named) > 12
    assert named <= environment.known_names() | variables


@LANGUAGES
def test_every_file_is_there(language: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXTS[language]):
        assert (ROOT / "docs" / link).exists(), link
    here = TEXTS[language].replace("/opt/kazasu/", "")  # where the image has them
    for name in re.findall(r"(?:docker|flows|kazasu)/[\w./-]+\.\w+", here):
        assert (ROOT / name).exists(), name


@LANGUAGES
def test_what_it_quotes_is_what_is_said(language: str) -> None:
    quoted = re.findall(r"^\| `([^`]+)`", TEXTS[language], re.M)
    assert len(quoted) == 5
    said = " ".join(says.en for says, _ in way_back.TROUBLES.values())
    sources = (ROOT / "kazasu" / "doctor" / "carrier.py").read_text(encoding="utf-8")
    plain = re.sub(r"\{[^}]*\} ?", "", said + sources)
    for words in quoted:
        assert words.removesuffix(" TK…").replace("calls go", "go") in plain, words
    assert DocumentSettings(public_base="").overrides in TEXTS[language]


@LANGUAGES
def test_the_proxys_rules_are_kept_in_its_example(language: str) -> None:
    (example,) = [block for kind, block in BLOCK.findall(TEXTS[language]) if kind == "nginx"]
    port = Settings.model_fields["listen_port"].default
    assert f"proxy_pass http://127.0.0.1:{port};" in example
    assert f"proxy_pass http://127.0.0.1:{main.FALLBACK_PORT};" in example
    assert "proxy_buffering off;" in example
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in example
    assert "rewrite" not in example


def test_the_containers_variables_are_all_named() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", (DOCKER / "compose.yaml").read_text("utf-8")))
    assert needed
    assert compose()
    for text in TEXTS.values():
        containers = text.partition("docker/make-secrets.sh\n")[2].partition("```")[0]
        assert {name for name in needed if f"{name}=" not in containers} == set()
