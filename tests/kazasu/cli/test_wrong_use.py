"""What was typed wrongly is said in the terminal's language, with the status of wrong use."""

import re
import shlex

import pytest

from kazasu.cli import main

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")

CASES = {
    "no-command": "flwo lint",
    "no-command-below": "flow nosuch",
    "no-option": "serve --nosuch 1",
    "nearly-an-option": "flow lint --promts flows",
    "no-argument": "flow lint",
    "a-required-option": "operators add hana",
    "a-value-missing": "fallback --port",
    "no-value-wanted": "doctor --json=1",
    "no-number": "fallback --port eighty",
    "too-large": "fallback --port 70000",
    "too-much": "serve now",
}


# Of these the library does not say which command it was.
OF_NO_COMMAND = ("a-value-missing", "no-value-wanted")


def typed(monkeypatch: pytest.MonkeyPatch, words: str, locale: str) -> int | str | None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setattr("sys.argv", ["kazasu", *shlex.split(words)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return ended.value.code


@pytest.mark.parametrize("name", CASES)
def test_it_is_said_in_japanese(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, CASES[name], "ja_JP.UTF-8") == 2
    out, told = capsys.readouterr()
    assert out == ""
    wrong, *help_for = told.splitlines()
    assert wrong.startswith("kazasu: ")
    begins = [] if name in OF_NO_COMMAND else ["使い方", "説明を見るには"]
    assert [line.partition(": kazasu ")[0] for line in help_for] == begins
    for line in (wrong, *help_for):
        assert JAPANESE.search(line), "put it into kazasu/japanese/usage_words.py"
        assert not re.search(r"\b(Missing|No such|Invalid|Input|Option)\b", line)


@pytest.mark.parametrize("name", CASES)
def test_and_in_english(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, CASES[name], "C") == 2
    out, told = capsys.readouterr()
    assert (out, JAPANESE.search(told)) == ("", None)
    assert ("Usage: kazasu " in told) is (name not in OF_NO_COMMAND)


@pytest.mark.parametrize(("words", "status"), [("--help", 0), ("flow --help", 0), ("flow", 2)])
@pytest.mark.parametrize("locale", ["ja_JP.UTF-8", "C"])
def test_help_is_no_mistake(
    words: str,
    status: int,
    locale: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed(monkeypatch, words, locale) == status
    out, told = capsys.readouterr()
    assert "Usage: kazasu" in out
    assert told == ""


def test_a_commands_own_status_is_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, "flow lint /nowhere/at/all", "C") == 2
    assert typed(monkeypatch, "flow lint flows", "C") == 0
