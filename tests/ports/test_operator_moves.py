"""What an operator becomes is written with the row that it comes of: both, or neither."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.queues.model import CallbackState, Move, Operator, Presence, WaitingState
from stores.sql.outbound.callbacks import SqlCallbacks
from stores.sql.queues import SqlOperators, SqlWaitingCalls
from stores.sql.staff import SqlStaffAccounts
from tests.ports.outbound.test_callbacks import a_callback
from tests.ports.stage import TENANT, Stage
from tests.ports.test_queue_rows import AT, a_waiting, an_account

LATER = AT + timedelta(minutes=1)


async def on_a_call(stage: Stage) -> Operator:
    await SqlStaffAccounts(stage.database, stage.sealer).add(an_account())
    operators = SqlOperators(stage.database, stage.sealer)
    await operators.set_presence(TENANT, "staff-sato", Presence.ON_CALL, at=AT, idle=False)
    return await now(stage)


async def now(stage: Stage) -> Operator:
    found = await SqlOperators(stage.database, stage.sealer).by_id(TENANT, "staff-sato")
    assert found is not None
    return found


def wraps_up(known: Operator) -> Move:
    return Move(known=known, presence=Presence.WRAP_UP, at=LATER)


async def a_talk(stage: Stage) -> Callable[[Move], Awaitable[bool]]:
    store = SqlWaitingCalls(stage.database, stage.sealer)
    row = await store.enter(replace(a_waiting(), state=WaitingState.TALKING))
    return lambda move: store.change(row, replace(row, state=WaitingState.GONE), move)


async def a_call_we_placed(stage: Stage) -> Callable[[Move], Awaitable[bool]]:
    store = SqlCallbacks(stage.database, stage.sealer)
    row = await store.register(replace(a_callback(), state=CallbackState.TALKING))
    return lambda move: store.change(row, replace(row, state=CallbackState.DONE), move)


async def no_row(stage: Stage) -> Callable[[Move], Awaitable[bool]]:
    return SqlOperators(stage.database, stage.sealer).move


each_row = pytest.mark.parametrize("ends", [a_talk, a_call_we_placed, no_row])


@each_row
async def test_the_state_comes_with_the_row_and_once(
    ends: Callable[[Stage], Awaitable[Callable[[Move], Awaitable[bool]]]], stage: Stage
) -> None:
    change, known = await ends(stage), await on_a_call(stage)
    won = await asyncio.gather(*(change(wraps_up(known)) for _ in range(4)))
    assert sum(won) == 1
    after = await now(stage)
    assert (after.presence, after.presence_since) == (Presence.WRAP_UP, LATER)
    assert after.idle_since == known.idle_since


@each_row
async def test_of_an_operator_who_is_not_as_read_nothing_is_written(
    ends: Callable[[Stage], Awaitable[Callable[[Move], Awaitable[bool]]]], stage: Stage
) -> None:
    change, known = await ends(stage), await on_a_call(stage)
    wishes = SqlOperators(stage.database, stage.sealer)
    assert await wishes.wish(TENANT, known.id, Presence.BREAK)
    for stale in (
        known,
        replace(known, presence=Presence.AVAILABLE, after_call=Presence.BREAK),
        replace(known, presence_since=LATER, after_call=Presence.BREAK),
        replace(known, id="staff-x", after_call=Presence.BREAK),
    ):
        assert not await change(wraps_up(stale))
    assert await now(stage) == replace(known, after_call=Presence.BREAK)
    assert await change(wraps_up(await now(stage)))  # the row, too, was still as it was
    assert (await now(stage)).after_call is Presence.BREAK
    assert await wishes.move(replace(wraps_up(await now(stage)), presence=Presence.BREAK))
    assert (await now(stage)).after_call is None


async def test_a_row_that_has_moved_on_leaves_the_operator_alone(stage: Stage) -> None:
    store, known = SqlWaitingCalls(stage.database, stage.sealer), await on_a_call(stage)
    row = await store.enter(a_waiting())
    assert await store.change(row, replace(row, reason="other"))
    assert not await store.change(row, replace(row, state=WaitingState.GONE), wraps_up(known))
    assert await now(stage) == known
