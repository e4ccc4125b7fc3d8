"""`kazasu flow schema`: printed, written, and the form of one file checked."""

import json
from pathlib import Path

import pytest

from tests.kazasu.deployment import Deployment


def test_printed_and_written(deployment: Deployment, tmp_path: Path) -> None:
    folder = ("--folder", str(deployment.flows))
    everything = json.loads(deployment.call("flow", "schema", *folder).stdout)
    assert set(everything) == {"site", "flow", "prompts", "tests"}
    one = deployment.call("flow", "schema", "flow", *folder)
    assert json.loads(one.stdout) == everything["flow"]
    queue = everything["flow"]["properties"]["nodes"]["additionalProperties"]["properties"]["route"]
    offered = queue["properties"]["queue"]["defaultSnippets"]
    assert [one["label"] for one in offered] == ["verified", "general", "safety"]
    to = tmp_path / "schemas"
    assert deployment.call("flow", "schema", *folder, "--to", str(to)).exit_code == 0
    assert json.loads((to / "flow.schema.json").read_text("utf-8")) == everything["flow"]
    assert deployment.call("flow", "schema", "flows").exit_code == 2
    bare = deployment.call("flow", "schema", "--folder", str(tmp_path / "nowhere"))
    assert bare.exit_code == 0
    assert "safety" not in bare.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("main-inbound.yaml", "title:", "titel:", "F004"),
        ("site.yaml", "sender: KAZASU", "sender: 0123", "F003"),
        ("prompts/main.yaml", "prompts:\n", "prompts:\n  UPPER: {ja-JP: a}\n", "F001"),
        ("sub/offer-callback.yaml", "exits:", "exit:", "F004"),
        ("tests/main-inbound-exits.yaml", "flow: main-inbound", "flo: main-inbound", "F004"),
    ],
)
def test_check(deployment: Deployment, file: str, old: str, new: str, code: str) -> None:
    path = deployment.flows / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    path.write_text(changed, encoding="utf-8")
    bad = deployment.call("flow", "schema", "--check", str(path), "--json")
    assert bad.exit_code == 1
    found = json.loads(bad.stdout)
    assert found["valid"] is False
    assert code in [one["code"] for one in found["findings"]]


def test_check_leaves_meaning_to_the_linter(deployment: Deployment) -> None:
    path = deployment.flows / "main-inbound.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("start: check_hours", "start: nowhere"), encoding="utf-8")
    done = deployment.call("flow", "schema", "--check", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert deployment.call("flow", "schema", "--check", "absent.yaml").exit_code == 2
