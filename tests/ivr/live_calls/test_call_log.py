"""What a call leaves behind for replay: enough to go its way again, and nothing about a person."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.flow_engine.definition import Flow, Gather
from ivr.flow_tests.replay.comparing import compare
from ivr.flow_tests.replay.replaying import replay
from ivr.live_calls.call_log import KeptLog, unpacked
from ivr.live_calls.lost.sweep import KEEP_LOGS
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import LINE, Caller, Stage

NUMBER, NOTICE, CASE, CONTRACT = "73195528", "点検中です", "2031-05-17", "K-8815-2"


async def verified_call(stage: Stage) -> Caller:
    """A customer number, a check, an operator, and the end."""
    stage.tables.found["open_case"] = {"due": CASE, "fee": 4321}
    stage.tables.found["service_notice"] = {"notice": NOTICE}
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("3")
    await caller.presses(NUMBER)
    app = App(stage=stage, contract=CONTRACT)
    await app.holds_a_contract()
    await app.verifies(caller)
    await caller.waits()
    await caller.leaves_queue("bridged")
    await caller.status("completed")
    return caller


async def kept(stage: Stage, caller: Caller) -> KeptLog:
    log = await stage.stores.call_logs.load(stage.identity.tenant.id, caller.ref)
    assert log is not None
    return log


async def flow_of(stage: Stage, log: KeptLog) -> Flow:
    return await stage.library.flow(log.flow_version)


async def test_a_call_that_is_over_can_be_replayed(stage: Stage) -> None:
    caller = await verified_call(stage)
    log = await kept(stage, caller)
    flow = await flow_of(stage, log)
    again = replay(flow, log.entries, log.began_at)
    assert again.path == (
        *("check_hours", "greet", "notice", "notice_say", "menu", "customer", "find_customer"),
        *("intro", "speaker", "explain", "verify", "confirmed", "find_case", "case_say"),
        *("verified_queue", "end"),
    )
    assert (again.queue, again.fault, again.ended, again.ignored) == ("verified", "", True, 0)
    said = [heard.prompt for heard in again.said]
    assert said.index("verify.code") < said.index("verify.ok") < said.index("case.due")
    assert compare(again, replay(flow, log.entries, log.began_at)).same_end


async def test_the_turns_of_a_hold_are_one_entry_until_the_call_is_over(stage: Stage) -> None:
    """The log is read and written with every turn; kept and replayed is each of them."""
    caller = stage.caller()
    await caller.in_check()
    sizes = set()
    for _ in range(6):
        stage.clock.ahead += timedelta(seconds=8)
        await caller.waits()
        stored = await stage.stores.sessions.load(stage.identity.tenant.id, caller.ref)
        assert stored is not None
        sizes.add(len(unpacked(stored.body)[1]))
    assert len(sizes) == 1
    await caller.status("completed")
    entries = (await kept(stage, caller)).entries
    waits = [entry["at"] for entry in entries if entry["event"] == "timed_out"]
    assert len(waits) == 6
    assert all(later - earlier >= 8000 for earlier, later in pairwise(waits))
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)


async def test_another_version_shows_where_it_would_have_gone(stage: Stage) -> None:
    caller = await verified_call(stage)
    log = await kept(stage, caller)
    flow = await flow_of(stage, log)
    menu = flow.main.nodes["menu"]
    assert isinstance(menu.kind, Gather)
    keys = {**menu.kind.keys, "3": "operator"}
    elsewhere = replace(menu, kind=replace(menu.kind, keys=keys))
    nodes = {**flow.main.nodes, "menu": elsewhere}
    changed = replace(flow, main=replace(flow.main, nodes=nodes))
    done = compare(
        replay(flow, log.entries, log.began_at), replay(changed, log.entries, log.began_at)
    )
    assert not done.same_end
    assert done.other.queue == "general"
    assert {"- customer", "+ operator", "+ general_queue"} <= set(done.path)
    assert "- verify.ok" in done.said
    assert done.other.ignored > 0


async def test_nothing_about_a_person_is_kept(stage: Stage, tmp_path: Path) -> None:
    """Neither in what the port gives nor in the bytes of the table."""
    caller = await verified_call(stage)
    found = json.dumps((await kept(stage, caller)).entries, ensure_ascii=False)
    with sqlite3.connect(tmp_path / "kazasu.sqlite") as connection:
        (in_table,) = connection.execute("SELECT * FROM call_logs").fetchall()
    connection.close()
    secrets = [LINE, LINE[3:], NUMBER, CASE, "4321", caller.sid, CONTRACT, "花子"]
    for text in (found, str(in_table)):
        assert "digits_pressed" in text
        assert [secret for secret in secrets if secret in text] == []
    assert NOTICE in found  # a public field of the site file: it is told to everybody
    hidden = [entry for entry in json.loads(found) if entry.get("hidden")]
    assert [(entry["hidden"], entry["event"]) for entry in hidden] == [(8, "digits_pressed")]
    assert json.loads(found)[0]["number_kind"] == "mobile"


async def test_the_log_outlasts_a_process_and_is_kept_once(stage: Stage) -> None:
    caller = stage.caller()
    await caller.arrives()
    other = stage.another_process()
    stage.phone = other
    await caller.presses("0")
    await caller.status("completed")
    first = await kept(stage, caller)
    await caller.status("completed")
    assert await kept(stage, caller) == first
    assert [entry["event"] for entry in first.entries if "for" not in entry] == [
        *("call_arrived", "digits_pressed", "call_ended")
    ]


async def test_logs_are_forgotten_after_their_time(stage: Stage) -> None:
    caller = stage.caller()
    await caller.arrives()
    await caller.status("completed")
    await stage.phone.sweep.turn()
    await kept(stage, caller)
    stage.clock.ahead += KEEP_LOGS
    stage.clock.ahead += KEEP_LOGS * 0.01
    await stage.phone.sweep.turn()
    assert await stage.stores.call_logs.load(stage.identity.tenant.id, caller.ref) is None


async def test_a_log_that_cannot_be_kept_ends_no_call_badly(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(stage.stores.call_logs, "keep", away)
    caller = stage.caller()
    await caller.arrives()
    await caller.status("completed")
    assert (await caller.row()).ended_at is not None
