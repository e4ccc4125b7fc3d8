"""`kazasu flow lint`, as a designer types it."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from kazasu.cli.main import app
from tests.ivr.flow_linter.test_sarif import SARIF

SHIPPED = Path(__file__).parents[4] / "flows"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """With the tests that stand in the flow itself only: they play in a tenth of the time."""
    without = shutil.ignore_patterns("tests")
    return Path(shutil.copytree(SHIPPED, tmp_path / "flows", ignore=without))


def lint(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["flow", "lint", *map(str, arguments)])
    return done.exit_code, done.stdout


def change(file: Path, old: bytes, new: bytes) -> bytes:
    content = file.read_bytes()
    assert content.count(old) == 1
    file.write_bytes(content.replace(old, new))
    return content


def test_the_shipped_flow_has_no_finding_at_all() -> None:
    assert lint(SHIPPED, "--strict", "--lang", "en") == (0, "clean\n")


@pytest.mark.parametrize("below", ["main-inbound.yaml", "site.yaml", "sub", "prompts"])
def test_one_file_or_folder_of_them(flows: Path, below: str) -> None:
    assert lint(flows / below, "--lang", "en")[0] == 0


def test_a_finding_has_a_place_that_an_editor_opens(flows: Path) -> None:
    main = flows / "main-inbound.yaml"
    change(main, b"notice_say: {say: notice.delay,", b"notice_say: {say: notice.dilay,")
    line = main.read_text(encoding="utf-8").split("notice.dilay")[0].count("\n") + 1
    code, out = lint(main, "--lang", "en")
    assert code == 1
    assert out == (
        f"{main}:{line}:21 P001 E prompt notice.dilay does not exist. Did you mean notice.delay?\n"
    )
    _, japanese = lint(main, "--lang", "ja")
    assert "プロンプト notice.dilay がありません。notice.delay のことですか。" in japanese


def test_a_warning_fails_only_when_strict(flows: Path) -> None:
    prompts = flows / "prompts" / "main.yaml"
    change(prompts, "ja-JP: ただいま受付時間外です。".encode(), "ja-JP: 内線は12です。".encode())
    assert lint(flows / "prompts" / "main.yaml", "--lang", "en")[0] == 0
    code, out = lint(prompts, "--strict", "--lang", "en")
    assert code == 1
    assert " P007 W " in out


def test_json_and_the_lengths_of_prompts(flows: Path) -> None:
    code, out = lint(flows, "--json", "--prompts", "--lang", "en")
    said = json.loads(out)
    assert code == 0
    assert {row["code"] for row in said["findings"]} <= {"X002"}  # some tests were left out
    code_prompt = next(row for row in said["prompts"] if row["prompt"] == "verify.code")
    assert code_prompt["language"] == "ja-JP"
    assert code_prompt["seconds"] > 8
    assert code_prompt["morae"] > 60
    assert {"file", "line", "col", "sentences"} <= code_prompt.keys()
    _, table = lint(flows, "--prompts", "--lang", "ja")
    assert any("verify.code ja-JP" in line and "モーラ" in line for line in table.splitlines())


def test_slow_words_have_a_length_of_their_own(flows: Path) -> None:
    change(flows / "main-inbound.yaml", b'"8": language}', b'"8": language, "5": slower}')
    words = "callback.bye: {ja-JP: それでは、失礼いたします。".encode()
    both = "callback.bye: {ja-JP: {say: それでは、失礼します。, slow: 失礼いたします。}".encode()
    change(flows / "prompts" / "main.yaml", words, both)
    _, out = lint(flows, "--json", "--prompts")
    bye = [row for row in json.loads(out)["prompts"] if row["prompt"] == "callback.bye"]
    lengths = [(row["language"], row["pace"], row.get("morae")) for row in bye]
    assert lengths == [("ja-JP", "normal", 11), ("ja-JP", "slow", 9), ("en-US", "normal", None)]
    _, table = lint(flows, "--prompts", "--lang", "en")
    assert [line.endswith("(slow)") for line in table.splitlines() if "callback.bye" in line] == [
        False, True, False,
    ]  # fmt: skip


def test_sarif(flows: Path) -> None:
    change(flows / "main-inbound.yaml", b"start: check_hours", b"start: chek_hours")
    code, out = lint(flows, "--sarif")
    document = json.loads(out)
    Draft7Validator(SARIF).validate(document)
    assert code == 1
    assert [one["ruleId"] for one in document["runs"][0]["results"]] == ["G001"]


def test_fix_changes_bare_digits_and_not_a_byte_besides(flows: Path) -> None:
    main = flows / "main-inbound.yaml"
    good = main.read_bytes().replace(b"\n", b"\r\n")
    main.write_bytes(good)
    main.chmod(0o640)
    change(main, b'keys: {"1": intro, "2": topic_change', b"keys: {1: intro, 2: topic_change")
    assert lint(main)[0] == 1
    code, _ = lint(main, "--fix")
    assert code == 0
    assert main.read_bytes() == good
    assert main.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in flows.iterdir()) == sorted(
        path.name for path in SHIPPED.iterdir() if path.name != "tests"
    )


def test_fix_leaves_alone_what_is_no_utf_8(flows: Path) -> None:
    main = flows / "main-inbound.yaml"
    change(main, b"title: ", b"title: 0120 # \xff\n")
    broken = main.read_bytes()
    assert lint(main, "--fix")[0] == 1
    assert main.read_bytes() == broken


def test_a_path_that_names_no_flows(tmp_path: Path) -> None:
    code, out = lint(tmp_path)
    assert (code, out) == (2, "")
