"""`kazasu flow simulate` through a pipe: golden conversations, and the tests saved from them.

`pytest tests/kazasu/cli/flow --update-simulated` writes the golden files anew.
"""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kazasu.cli.main import app

GOLDEN = Path(__file__).parent / "golden"
FLOWS = Path(__file__).parents[3] / "conversations" / "flows"
NOON = "2026-11-24T12:00:00+09:00"


def talk(name: str, typed: str, *options: str, flows: Path = FLOWS) -> Result:
    told = ("flow", "simulate", str(flows / f"{name}.yaml"), "--at", NOON, *options)
    return CliRunner().invoke(app, told, input=typed)


def typed_in(name: str) -> str:
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["desk", "ways"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_conversation_reads_as_it_did(
    name: str, language: str, request: pytest.FixtureRequest
) -> None:
    done = talk(name, typed_in(name), "--lang", language)
    golden = GOLDEN / f"{name}.{language}.golden"
    if request.config.getoption("--update-simulated", default=False):
        golden.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == golden.read_text(encoding="utf-8")
    assert done.exit_code == 0


@pytest.mark.parametrize("name", ["desk", "ways"])
def test_what_was_saved_is_a_test_that_passes(name: str, tmp_path: Path) -> None:
    saved = talk(name, typed_in(name), "--save", "--lang", "en").stdout.partition("\n\n")[2]
    assert saved.startswith("  - {name: ")
    flows = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
    (flows / "tests").mkdir()
    file = flows / "tests" / "saved.yaml"
    head = f"schema: ivr-tests/1\nflow: {name}\ntests:\n"
    for text, status in ((saved, 0), (saved.replace("end: bye", "end: menu"), 1)):
        file.write_text(head + text, encoding="utf-8")
        done = CliRunner().invoke(app, ["flow", "test", str(file), "--lang", "en"])
        assert done.exit_code == status, done.stdout
        assert f"{1 - status} passed, {status} failed" in done.stdout


def test_the_key_is_no_remark() -> None:
    done = talk("desk", "# a remark\n#\n", "--lang", "en")
    assert "> #\n" in done.stdout
    assert "remark" not in done.stdout
    assert "retry.unknown" in done.stdout


def test_a_withheld_number_and_silence() -> None:
    done = talk("desk", "\n\n\n", "--from", "", "--lang", "en")
    assert "a withheld number" in done.stdout
    assert done.stdout.count("retry.") == 2
    assert "=> waits in the queue general" in done.stdout


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_fault_is_told_and_ends_with_one(changed: Path) -> None:
    change(changed / "desk.yaml", "start: menu", "limits: {max_steps: 1}\nstart: menu")
    done = talk("desk", "1\n", "--lang", "en", flows=changed)
    assert "! fault: max_steps" in done.stdout
    assert "=> waits in the queue general" in done.stdout
    assert done.exit_code == 1


def test_a_flow_with_errors_is_not_played(changed: Path) -> None:
    change(changed / "desk.yaml", "start: menu", "start: meno")
    done = talk("desk", "1\n", "--lang", "en", flows=changed)
    assert done.exit_code == 1
    assert "desk.yaml:7:8 G001" in done.stdout


@pytest.mark.parametrize("at", ["noon", "2026-11-24T12:00:00"])
def test_a_time_that_is_none(at: str) -> None:
    told = ["flow", "simulate", str(FLOWS / "desk.yaml"), "--at", at]
    assert CliRunner().invoke(app, told, input="").exit_code == 2


def test_no_such_flow() -> None:
    assert talk("nothing", "").exit_code == 2
    assert talk("prompts/desk", "").exit_code == 2
