"""`kazasu flow test`, as a designer types it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kazasu.cli.main import app

SHIPPED = Path(__file__).parents[4] / "flows"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """Only with the tests that stand in the flow itself: they play in a tenth of the time."""
    without = shutil.ignore_patterns("tests")
    return Path(shutil.copytree(SHIPPED, tmp_path / "flows", ignore=without))


@pytest.fixture
def further(flows: Path) -> Path:
    shutil.copytree(SHIPPED / "tests", flows / "tests")
    return flows / "tests" / "main-inbound-exits.yaml"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["flow", *arguments])
    return done.exit_code, done.stdout


def change(file: Path, old: str, new: str) -> int:
    """The line where `old` stood."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_flows_take_every_exit() -> None:
    status, told = run("test", str(SHIPPED), "--coverage", "--json")
    played = json.loads(told)["flows"]
    assert [flow["coverage"]["untaken"] for flow in played] == [[] for _ in played]
    assert [test["name"] for flow in played for test in flow["tests"] if not test["passed"]] == []
    assert status == 0


def test_a_failure_names_file_line_and_what_was_heard(flows: Path) -> None:
    file = flows / "main-inbound.yaml"
    line = change(file, "said: [greeting, notice.delay, menu.main]", "said: [verify.why]")
    status, told = run("test", str(file), "--lang", "en")
    assert status == 1
    assert "FAIL  a notice for everybody" in told
    assert f"{file}:{line}:" in told
    assert "verify.why is missing" in told
    status, told = run("test", str(file), "--lang", "ja")
    assert "verify.why がありません" in told


def test_a_changed_way_is_found_by_the_tests(flows: Path) -> None:
    """What they are for: a designer leads a key elsewhere."""
    change(flows / "main-inbound.yaml", 'keys: {"1": intro', 'keys: {"1": operator')
    status, told = run("test", str(flows), "--lang", "en")
    assert status == 1
    assert "'identity verified': no identity check is open here" in told


def test_what_no_test_takes_is_listed_with_its_line(flows: Path) -> None:
    file = flows / "main-inbound.yaml"
    line = change(file, "topic_change: {set", "topic_change: {set")
    status, told = run("test", str(file), "--coverage", "--lang", "en")
    assert status == 0
    assert f"{file}:{line}:17 no test enters topic_change" in told
    assert f"{flows}/sub/offer-callback.yaml:15:135 no test takes the exit error" in told


def test_one_file_of_tests_alone(further: Path) -> None:
    status, told = run("test", str(further), "--json")
    (played,) = json.loads(told)["flows"]
    assert status == 0
    assert {test["file"] for test in played["tests"]} == {"tests/main-inbound-exits.yaml"}


def test_a_test_that_was_not_understood_is_no_passed_test(further: Path) -> None:
    line = change(further, "{identity: superseded}", "{identity: superceded}")
    status, told = run("test", str(further), "--lang", "en")
    assert status == 1
    assert f"{further}:{line}:" in told
    assert "superceded" in told


@pytest.mark.parametrize("below", ["sub/offer-callback.yaml", "prompts/main.yaml", "no.yaml"])
def test_a_path_without_a_main_flow(flows: Path, below: str) -> None:
    assert run("test", str(flows / below))[0] == 2


def test_a_flow_with_an_error_is_not_played(flows: Path) -> None:
    change(flows / "main-inbound.yaml", "start: check_hours", "start: chek_hours")
    status, told = run("test", str(flows), "--lang", "en")
    assert status == 1
    assert "not played" in told
