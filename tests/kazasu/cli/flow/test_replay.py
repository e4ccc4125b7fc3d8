"""`kazasu flow replay`: a recorded call against the flow as it is now."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.kazasu.deployment import Deployment

# As the service records them; the caller keyed a customer number and was verified.
ENTRIES: list[dict[str, Any]] = [
    {"at": 0, "event": "call_arrived", "number_kind": "mobile", "dialled": "+81312345678",
     "asked": True},
    {"at": 9000, "event": "timed_out", "asked": True},
    {"at": 9010, "event": "lookup_answered", "for": "lookup", "name": "service_notice",
     "outcome": "none", "fields": {}, "asked": True},
    {"at": 15000, "event": "digits_pressed", "keys": "3", "asked": True},
    {"at": 24000, "event": "digits_pressed", "hidden": 8, "asked": True},
    {"at": 24010, "event": "lookup_answered", "for": "lookup", "name": "customer",
     "outcome": "found", "fields": {}, "asked": True},
    {"at": 24020, "event": "pairing_opened", "for": "opening", "hint": "awaiting_app",
     "code": True, "item": False, "asked": True},
    {"at": 70000, "event": "pairing_progressed", "hint": "app_opened", "item": False},
    {"at": 99000, "event": "identity_proven", "exit": "verified", "identity": "id_card_auth",
     "binding": "bind_choice", "mode": "spoken_code", "call_state": "in_call", "contracts": 1,
     "ref": True},
    {"at": 99010, "event": "lookup_answered", "for": "lookup", "name": "open_case",
     "outcome": "found", "fields": {}},
    {"at": 99020, "event": "errand_done", "for": "route"},
    {"at": 130000, "event": "talk_began"},
    {"at": 400000, "event": "transfer_ended", "outcome": "connected", "asked": True},
    {"at": 401000, "event": "call_ended"},
]  # fmt: skip
CALL = "kept-call"


@pytest.fixture
def recorded(deployment: Deployment) -> Deployment:
    """A call that went through the shipped flow, which is published."""
    told = deployment.call("flow", "publish", str(flow(deployment)), "--json")
    version = json.loads(told.stdout)["went_to"]
    with closing(sqlite3.connect(deployment.folder / "data" / "kazasu.db")) as database, database:
        whole = "SELECT tenant_id, version FROM flow_versions WHERE version LIKE ?"
        tenant, version = database.execute(whole, (f"{version.split(':')[-1]}%",)).fetchone()
        at = "2026-11-24 01:00:00.000000"
        row = (tenant, CALL, "main-inbound", version, at, at, json.dumps(ENTRIES))
        database.execute("INSERT INTO call_logs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return deployment


def flow(there: Deployment) -> Path:
    return there.flows / "main-inbound.yaml"


def change(there: Deployment, old: str, new: str) -> None:
    text = flow(there).read_text(encoding="utf-8")
    assert old in text
    flow(there).write_text(text.replace(old, new, 1), encoding="utf-8")


def replayed(there: Deployment, *options: str, call: str = CALL) -> tuple[int, str]:
    done = there.call("flow", "replay", call, "--flow", str(flow(there)), "--lang", "en", *options)
    return done.exit_code, done.stdout


def test_against_the_same_and_against_changed_versions(recorded: Deployment) -> None:
    status, told = replayed(recorded)
    assert (status, told.splitlines()[1:]) == (0, ["nothing differs; it ends at end"])

    change(recorded, "confirmed: {say: verify.ok,", "confirmed: {say: [verify.ok, hold.card],")
    status, told = replayed(recorded)
    assert status == 0
    assert "+ hold.card" in told
    assert told.endswith("it ends where it ended: end\n")

    change(recorded, '"3": customer}', '"3": operator}')
    status, told = replayed(recorded)
    assert status == 1
    assert {"- customer", "+ operator", "- verify.code"} <= {
        line.strip() for line in told.split("\n")
    }
    assert "queue: verified -> general" in told
    assert told.endswith("it ends elsewhere\n")
    status, told = replayed(recorded, "--json")
    as_json = json.loads(told)
    assert (status, as_json["same_end"], as_json["other"]["queue"]) == (1, False, "general")


def test_what_cannot_be_replayed(recorded: Deployment) -> None:
    assert replayed(recorded, call="nobody")[0] == 2
    change(recorded, "start: check_hours", "start: nowhere")
    status, told = replayed(recorded)
    assert (status, "G001" in told) == (1, True)


def test_a_store_that_is_not_there(deployment: Deployment) -> None:
    told = ("flow", "replay", CALL, "--flow", str(flow(deployment)))
    assert deployment.call(*told, DATABASE_URL="postgresql://k:k@127.0.0.1:1/k").exit_code == 3
