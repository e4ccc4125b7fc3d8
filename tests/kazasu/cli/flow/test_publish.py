"""`kazasu flow publish|approve|rollback|versions` over a deployment's own database."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.kazasu.deployment import Deployment

PASSWORD = "korrekt-batterie-pferd"
TITLE = "代表番号"
SHARED = """\
schema: ivr-flow/1
id: greet
kind: sub
title: あいさつ
prompts: [prompts/main.yaml]
exits: [done]
start: hello
nodes: {hello: {say: hello, next: done}, done: {return: {exit: done}}}
"""
CALLING = """\
schema: ivr-flow/1
id: one
title: 受付
languages: [ja-JP]
voice: {ja-JP: Polly.Kazuha-Neural}
prompts: [prompts/main.yaml]
start: greet
nodes: {greet: {subflow: {id: greet}, outcomes: {done: desk}},
  desk: {route: {queue: general}, outcomes: {connected: end, abandoned: end, full: end,
         timeout: end, error: end}}, end: {hangup: {}}}
human: desk
"""
TWO_FLOWS = {
    "site.yaml": """\
schema: ivr-site/1
business: {name: カザス保険, published_number: "+81312345678"}
numbers: {"+81312345678": one@live}
queues: {general: {fallback: true}}
""",
    "prompts/main.yaml": "schema: ivr-prompts/1\nprompts: {hello: {ja-JP: こんにちは。}}\n",
    "sub/greet.yaml": SHARED,
    "one.yaml": CALLING,
    "two.yaml": CALLING.replace("id: one", "id: two"),
}


def flow(there: Deployment) -> Path:
    return there.flows / "main-inbound.yaml"


def edit(there: Deployment, words: str) -> None:
    """The title says something else: another version, of which no test knows."""
    text = flow(there).read_text(encoding="utf-8")
    flow(there).write_text(re.sub(r"title: .*", f"title: {words}", text), encoding="utf-8")


def asked(there: Deployment, *arguments: str, given: str = "") -> tuple[int, dict[str, Any]]:
    done = there.call("flow", *arguments, "--json", given=given)
    return done.exit_code, json.loads(done.stdout)


def known(there: Deployment) -> dict[str, Any]:
    return asked(there, "versions", "main-inbound")[1]


def live(there: Deployment) -> dict[str, str]:
    return {one["name"]: one["version"] for one in known(there)["aliases"]}


def test_publish_and_back(deployment: Deployment) -> None:
    assert asked(deployment, "versions", "main-inbound")[0] == 1
    status, first = asked(deployment, "publish", str(flow(deployment)), "-m", "初版")
    assert (status, first["result"], first["came_from"]) == (0, "moved", "–")
    edit(deployment, "言葉を直した")
    status, second = asked(deployment, "publish", str(flow(deployment)), "--author", "佐藤")
    assert (second["came_from"], second["result"]) == (first["went_to"], "moved")
    again = asked(deployment, "publish", str(flow(deployment)))
    assert (again[0], again[1]["result"]) == (0, "unchanged")
    there = known(deployment)
    assert there["publications"][0]["author"] == "佐藤"
    assert there["publications"][1]["message"] == "初版"
    status, back = asked(deployment, "rollback", "main-inbound", "-m", "夜間の障害")
    assert (status, back["went_to"]) == (0, first["went_to"])
    newest = known(deployment)["moves"][0]
    assert (newest["back"], newest["message"]) == (True, "夜間の障害")
    status, none = asked(deployment, "rollback", "main-inbound")
    assert (status, none["why"]) == (1, "nothing_before")


def test_a_canary(deployment: Deployment) -> None:
    file = str(flow(deployment))
    status, refused = asked(deployment, "publish", file, "--alias", "canary", "--percent", "5")
    assert (status, refused["why"]) == (1, "nothing_is_live")
    asked(deployment, "publish", file)
    edit(deployment, "試行")
    status, moved = asked(deployment, "publish", file, "--alias", "canary", "--percent", "12.5")
    assert (status, moved["percent"]) == (0, "12.5")
    assert set(live(deployment)) == {"live", "canary"}
    edit(deployment, "別の修正")
    said = deployment.call("flow", "publish", file, "--lang", "ja").stdout
    assert "canary" in said
    assert "12.5 %" in said
    assert asked(deployment, "rollback", "main-inbound", "--alias", "canary")[0] == 0
    assert set(live(deployment)) == {"live"}


@pytest.mark.parametrize(
    "options",
    [
        ("--alias", "canary"),
        ("--alias", "canary", "--percent", "0"),
        ("--alias", "canary", "--percent", "100.5"),
        ("--percent", "10"),
        ("--alias", "beta"),
    ],
)
def test_wrong_use(deployment: Deployment, options: tuple[str, ...]) -> None:
    assert deployment.call("flow", "publish", str(flow(deployment)), *options).exit_code == 2


@pytest.mark.parametrize("file", ["site.yaml", "sub/offer-callback.yaml", "absent.yaml", "prompts"])
def test_what_is_no_main_flow(deployment: Deployment, file: str) -> None:
    assert deployment.call("flow", "publish", str(deployment.flows / file)).exit_code == 2


def test_an_error_is_told_and_nothing_is_changed(deployment: Deployment) -> None:
    text = flow(deployment).read_text(encoding="utf-8")
    flow(deployment).write_text(text.replace("start: check_hours", "start: chek_hours"), "utf-8")
    done = deployment.call("flow", "publish", str(flow(deployment)), "--lang", "en")
    assert done.exit_code == 1
    assert "main-inbound.yaml:" in done.stdout
    assert "G001" in done.stdout
    assert asked(deployment, "versions", "main-inbound")[0] == 1


def test_a_failing_test_is_told_and_nothing_is_changed(deployment: Deployment) -> None:
    (deployment.flows / "tests").mkdir(exist_ok=True)
    (deployment.flows / "tests" / "wrong.yaml").write_text(
        """\
schema: ivr-tests/1
flow: main-inbound
tests:
  - {name: nobody answers, at: "2026-11-24T10:00:00+09:00",
     call: {from: "+819012345678", to: "+81312345678"},
     steps: [{hang_up: true}], expect: {queue: safety}}
""",
        encoding="utf-8",
    )
    done = deployment.call("flow", "publish", str(flow(deployment)), "--lang", "en")
    assert done.exit_code == 1
    assert "tests/wrong.yaml:6:48 nobody answers" in done.stdout
    assert asked(deployment, "versions", "main-inbound")[0] == 1


def test_who_else_calls_a_changed_sub_flow(deployment: Deployment) -> None:
    """A small flow with a sub-flow that another calls too: none is broken in silence."""
    for path in deployment.flows.rglob("*.yaml"):
        path.unlink()
    for name, text in TWO_FLOWS.items():
        (deployment.flows / name).write_text(text, encoding="utf-8")
    for name in ("one", "two"):
        assert asked(deployment, "publish", str(deployment.flows / f"{name}.yaml"))[0] == 0
    shared = deployment.flows / "sub" / "greet.yaml"
    shared.write_text(SHARED.replace("title: あいさつ", "title: ごあいさつ"), encoding="utf-8")
    one = str(deployment.flows / "one.yaml")
    said = deployment.call("flow", "publish", one, "--lang", "en").stdout
    assert "note: two calls greet as well; its calls keep what they have" in said
    (deployment.flows / "one.yaml").write_text(
        TWO_FLOWS["one.yaml"].replace("done: desk", "well: desk"), encoding="utf-8"
    )
    shared.write_text(SHARED.replace("done", "well"), encoding="utf-8")
    said = deployment.call("flow", "publish", one, "--lang", "en").stdout
    assert "note: two calls greet as well, and could not be published" in said
    status, again = asked(deployment, "publish", one)
    assert (again["result"], again["callers"][0]["flow"]) == ("unchanged", "two")
    assert "G005" in again["callers"][0]["problem"]
    assert "two.yaml:8:16 G005 E exit done is not declared" in said
    (deployment.flows / "one.yaml").write_text(CALLING, encoding="utf-8")
    shared.write_text(SHARED, encoding="utf-8")
    status, moved = asked(deployment, "publish", one)
    assert (status, moved["callers"]) == (0, [])


def test_a_recording_that_the_service_does_not_have(deployment: Deployment, tmp_path: Path) -> None:
    elsewhere = tmp_path / "served"
    elsewhere.mkdir()
    (elsewhere / "site.yaml").write_bytes((deployment.flows / "site.yaml").read_bytes())
    done = deployment.call(
        "flow", "publish", str(flow(deployment)), "--json", KAZASU_FLOWS_DIR=str(elsewhere)
    )
    assert done.exit_code == 1
    refused = json.loads(done.stdout)
    assert (refused["why"], refused["path"]) == ("other_audio", "audio/tick.wav")


def with_approvers(there: Deployment, number: int) -> None:
    site = there.flows / "site.yaml"
    text = re.sub(r"\npolicy:.*", "", site.read_text(encoding="utf-8"))
    site.write_text(f"{text}\npolicy: {{approvers: {number}}}\n", encoding="utf-8")


def designer(there: Deployment, login: str, role: str = "designer") -> None:
    arguments = ["operators", "add", login, "--name", login, "--role", role]
    if role == "operator":
        arguments += ["--phone", "+81312340001", "--queue", "general"]
    assert there.call(*arguments, given=f"{PASSWORD}\n").exit_code == 0


def test_two_people(deployment: Deployment) -> None:
    file, key = str(flow(deployment)), f"{PASSWORD}\n"
    for login in ("sato", "tanaka"):
        designer(deployment, login)
    designer(deployment, "demo", "operator")
    with_approvers(deployment, 2)
    status, refused = asked(deployment, "publish", file)
    assert (status, refused["why"]) == (1, "login_needed")
    for login, given in (("sato", "wrong-password-x\n"), ("demo", key), ("nobody", key)):
        status, refused = asked(deployment, "publish", file, "--login", login, given=given)
        assert (status, refused["why"]) == (1, "login_refused")
    status, waiting = asked(deployment, "publish", file, "--login", "sato", given=key)
    assert (status, waiting["result"], waiting["missing"]) == (0, "waiting", 1)
    assert not live(deployment)
    name = waiting["id"]
    status, refused = asked(deployment, "approve", name, "--login", "sato", given=key)
    assert (status, refused["why"]) == (1, "same_person")
    status, moved = asked(deployment, "approve", name, "--login", "tanaka", given=key)
    assert (status, moved["result"]) == (0, "moved")
    assert known(deployment)["moves"][0]["approvals"] == ["sato", "tanaka"]
    # A change cannot lower the bar that it has to pass.
    with_approvers(deployment, 1)
    status, refused = asked(deployment, "publish", file)
    edit(deployment, "ひとりで")
    status, refused = asked(deployment, "publish", file)
    assert (status, refused["why"]) == (1, "login_needed")
    assert len(known(deployment)["moves"]) == 1


def test_who_left_does_not_count(deployment: Deployment) -> None:
    file, key = str(flow(deployment)), f"{PASSWORD}\n"
    for login in ("sato", "tanaka", "yamada"):
        designer(deployment, login)
    with_approvers(deployment, 2)
    name = asked(deployment, "publish", file, "--login", "sato", given=key)[1]["id"]
    assert deployment.call("operators", "disable", "sato").exit_code == 0
    status, refused = asked(deployment, "approve", name, "--login", "sato", given=key)
    assert (status, refused["why"]) == (1, "login_refused")
    (waiting,) = known(deployment)["proposals"]
    assert (waiting["approvals"], waiting["needed"]) == ([], 2)
    status, still = asked(deployment, "approve", name, "--login", "tanaka", given=key)
    assert (status, still["result"], still["missing"]) == (0, "waiting", 1)
    status, moved = asked(deployment, "approve", name, "--login", "yamada", given=key)
    assert (status, moved["result"]) == (0, "moved")
    assert known(deployment)["moves"][0]["approvals"] == ["tanaka", "yamada"]


def test_for_people(deployment: Deployment) -> None:
    said = deployment.call("flow", "publish", str(flow(deployment)), "--lang", "ja").stdout
    assert "main-inbound@live: – →" in said
    assert "KAZASU_FLOW_SOURCE=files" in said
    listed = deployment.call("flow", "versions", "main-inbound").stdout
    assert listed.startswith("live ")
    (entry,) = known(deployment)["publications"]
    local = datetime.fromisoformat(entry["at"]) + timedelta(hours=9)
    assert listed.count(f"{local:%Y-%m-%d %H:%M:%S} JST") == 2


def test_back_while_saved_files_are_live(deployment: Deployment) -> None:
    file = str(flow(deployment))
    asked(deployment, "publish", file)
    edit(deployment, "言葉を直した")
    asked(deployment, "publish", file)
    said = deployment.call("flow", "rollback", "main-inbound", "--lang", "en").stdout
    assert "take the change back in the files as well" in said


def test_a_message_cannot_write_over_what_is_listed(deployment: Deployment) -> None:
    said = "harmless\x1b[1A\x1b[2K\r\nlive     000000000000 \u202eeslaf"
    asked(deployment, "publish", str(flow(deployment)), "-m", said)
    assert known(deployment)["moves"][0]["message"] == said
    listed = deployment.call("flow", "versions", "main-inbound").stdout
    assert "harmless [1A [2K  live     000000000000  eslaf" in listed
    assert [line for line in listed.splitlines() if not line.isprintable()] == []
    assert len([line for line in listed.splitlines() if line.startswith("live ")]) == 1
