"""People to be rung back: one row each, changed by compare and set, forgotten when done."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.queues.model import AskedAgain, Callback, CallbackState, Presence
from stores.sql.outbound.callbacks import SqlCallbacks
from tests.ports.stage import TENANT, Stage

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_callback(name: str = "cb-1", *, due_at: datetime = AT, since: datetime = AT) -> Callback:
    return Callback(
        tenant=TENANT,
        id=name,
        call_ref="call-1",
        queue="general",
        number="+819087654321",
        dialled="+81312345678",
        since=since,
        due_at=due_at,
        keep_result=1800,
    )


async def test_registering_is_idempotent(stage: Stage) -> None:
    store, one = SqlCallbacks(stage.database, stage.sealer), a_callback()
    assert await store.register(one) == one
    assert await store.register(replace(one, queue="other")) == one
    assert await store.by_id(TENANT, one.id) == one
    assert await store.by_id("another", one.id) is None


async def test_what_is_due_first_then_longest_waiting(stage: Stage) -> None:
    store = SqlCallbacks(stage.database, stage.sealer)
    rows = [
        a_callback("tomorrow", due_at=AT + 60 * MINUTE),
        a_callback("late", since=AT + MINUTE),
        a_callback("early"),
        a_callback("done"),
    ]
    for row in rows:
        await store.register(row)
    assert await store.change(rows[3], replace(rows[3], state=CallbackState.DONE))
    assert [one.id for one in await store.open(TENANT)] == ["early", "late", "tomorrow"]
    assert not await store.open("another")


async def test_who_asked_lately_is_counted_by_tenant(stage: Stage) -> None:
    store = SqlCallbacks(stage.database, stage.sealer)
    done = a_callback("done", since=AT + 2 * MINUTE)
    for row in (a_callback("then"), a_callback("later", since=AT + MINUTE), done):
        await store.register(row)
    await store.change(done, replace(done, state=CallbackState.DONE))
    assert await store.asked_since(TENANT, AT) == 2
    assert await store.asked_since(TENANT, AT - MINUTE) == 3
    assert await store.asked_since("another", AT - MINUTE) == 0


async def test_one_change_wins_and_all_of_it_is_kept(stage: Stage) -> None:
    store, one = SqlCallbacks(stage.database, stage.sealer), a_callback()
    await store.register(one)
    claims = [
        replace(
            one,
            state=CallbackState.TALKING,
            claimed_by=f"op-{n}",
            until=AT + MINUTE,
            presence_before=Presence.BREAK,
            leg="CA1",
            tries=2,
            last_outcome="busy",
            last_tried_at=AT,
            again=(AskedAgain(call_ref="call-2", keep_result=60),),
        )
        for n in range(4)
    ]
    won = await asyncio.gather(*(store.change(one, claim) for claim in claims))
    assert sorted(won) == [False, False, False, True]
    assert await store.by_id(TENANT, one.id) == replace(claims[won.index(True)], version=2)
    with pytest.raises(ValueError, match="not the same"):
        await store.change(one, replace(one, id="cb-2"))


async def test_only_what_is_done_is_forgotten(stage: Stage) -> None:
    store = SqlCallbacks(stage.database, stage.sealer)
    done, waits = a_callback("done"), a_callback("waits")
    for row in (done, waits):
        await store.register(row)
    await store.change(done, replace(done, state=CallbackState.DONE))
    now = await stage.database.now()
    assert await store.drop_done(now - MINUTE) == 0
    assert await store.drop_done(now + MINUTE) == 1
    assert await store.by_id(TENANT, "done") is None
    assert await store.by_id(TENANT, "waits") == waits
