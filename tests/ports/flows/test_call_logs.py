"""Logs of calls that are over: kept once, the latest first, forgotten after their time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.live_calls.call_log import KeptLog
from stores.sql.flows.call_logs import SqlCallLogs
from tests.ports.stage import TENANT, Stage

AT = datetime(2026, 11, 24, 1, 2, 3, 456, tzinfo=UTC)
LOG = KeptLog(
    tenant=TENANT,
    call_ref="call-1",
    flow_id="main",
    flow_version="3f2a",
    began_at=AT,
    ended_at=AT + timedelta(minutes=3),
    entries=(
        {"at": 0, "event": "call_arrived", "number_kind": "mobile", "asked": True},
        {"at": 1200, "event": "digits_pressed", "keys": "1", "went": [["main", "menu", "1"]]},
    ),
)


async def test_the_first_log_of_a_call_stands(stage: Stage) -> None:
    logs = SqlCallLogs(stage.database)
    assert await logs.load(TENANT, "call-1") is None
    await logs.keep(LOG)
    await logs.keep(replace(LOG, flow_version="other", entries=()))
    assert await logs.load(TENANT, "call-1") == LOG
    assert await logs.load("another", "call-1") is None


async def test_of_a_flow_the_latest_first(stage: Stage) -> None:
    logs = SqlCallLogs(stage.database)
    for hours, name in enumerate(("a", "b", "c")):
        ended = AT + timedelta(hours=hours)
        await logs.keep(replace(LOG, call_ref=name, ended_at=ended))
    await logs.keep(replace(LOG, call_ref="d", flow_id="other"))
    await logs.keep(replace(LOG, call_ref="e", tenant="another"))
    assert [log.call_ref for log in await logs.of_flow(TENANT, "main", 2)] == ["c", "b"]
    assert await logs.of_flow(TENANT, "nothing", 2) == []


async def test_forgotten_after_their_time(stage: Stage) -> None:
    logs = SqlCallLogs(stage.database)
    await logs.keep(LOG)
    await logs.keep(replace(LOG, call_ref="later", ended_at=AT + timedelta(days=1)))
    assert await logs.drop_before(LOG.ended_at) == 0
    assert await logs.drop_before(LOG.ended_at + timedelta(seconds=1)) == 1
    assert await logs.load(TENANT, "call-1") is None
    assert await logs.load(TENANT, "later") is not None
