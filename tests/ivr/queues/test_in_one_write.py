"""A row and its operator's presence change in one write: nothing divides them.

Each verb is stopped at every place where it waits: first by a cancellation (a carrier that hangs
up, a process that stops), then by a whole tick of the worker, after which it goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ivr.queues.answering import Answered
from ivr.queues.model import Presence
from ivr.queues.offering import Offering
from ivr.queues.ringing_back import Rung
from ivr.queues.rules import CALLING_LASTS, ON_THE_PHONE, WITH_OPERATOR
from tests.ivr.queues.adapters import TENANT, QueueRoom, callback, operator, room, waiting


async def offered() -> QueueRoom:
    centre = room(operator("hana"))
    await centre.entering.enter(waiting("x"))
    return centre


async def ringing() -> QueueRoom:
    centre = await offered()
    assert await centre.answering.answer(TENANT, "hana", "x") is Answered.RINGING
    return centre


async def talking() -> QueueRoom:
    centre = await ringing()
    assert await centre.answering.joined(TENANT, "x", "leg-1") is not None
    return centre


async def aside() -> QueueRoom:
    centre = await talking()
    assert await centre.asides.begin(TENANT, "call-x") is not None
    return centre


async def claimed() -> QueueRoom:
    centre = room(operator("hana", presence=Presence.BREAK))
    await centre.callback_list.register(callback("a"))
    assert await centre.callback_list.claim(TENANT, "hana", "a")
    return centre


async def rung() -> QueueRoom:
    centre = await claimed()
    assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.RINGING
    return centre


async def calling() -> QueueRoom:
    centre = await rung()
    assert await centre.ringing_back.picked_up(TENANT, "a", "leg-1") is not None
    return centre


async def overdue() -> QueueRoom:
    centre = await calling()
    centre.clock.pass_by(CALLING_LASTS.total_seconds())
    return centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    name: str
    given: Callable[[], Coroutine[Any, Any, QueueRoom]]
    of: Callable[[QueueRoom], Awaitable[Any]]
    then: Presence


VERBS = [
    Verb(
        name="answer",
        given=offered,
        of=lambda centre: centre.answering.answer(TENANT, "hana", "x"),
        then=Presence.ON_CALL,
    ),
    Verb(
        name="the caller leaves while it rings",
        given=ringing,
        of=lambda centre: centre.entering.leave(TENANT, "call-x"),
        then=Presence.AVAILABLE,
    ),
    Verb(
        name="the caller leaves the talk",
        given=talking,
        of=lambda centre: centre.entering.leave(TENANT, "call-x"),
        then=Presence.WRAP_UP,
    ),
    Verb(
        name="not picked up",
        given=ringing,
        of=lambda centre: centre.answering.leg_over(TENANT, "x", "leg-1"),
        then=Presence.PAUSED,
    ),
    Verb(
        name="the operator leaves an aside",
        given=aside,
        of=lambda centre: centre.asides.operator_left(TENANT, "x", "leg-1"),
        then=Presence.WRAP_UP,
    ),
    Verb(
        name="ring",
        given=claimed,
        of=lambda centre: centre.ringing_back.ring(TENANT, "hana", "a"),
        then=Presence.ON_CALL,
    ),
    Verb(
        name="nobody answers the call we place",
        given=calling,
        of=lambda centre: centre.ringing_back.over(TENANT, "a", "leg-1", "no_answer"),
        then=Presence.BREAK,
    ),
    Verb(
        name="the end of a call we place is never told",
        given=overdue,
        of=lambda centre: centre.ringing_back.tick(TENANT),
        then=Presence.BREAK,
    ),
]
each_verb = pytest.mark.parametrize("verb", VERBS, ids=[verb.name for verb in VERBS])


def on_a_call(centre: QueueRoom) -> bool:
    """By the rows."""
    calls = [row.offered_to for row in centre.waiting.rows.values() if row.state in WITH_OPERATOR]
    rung = [row.claimed_by for row in centre.callbacks.rows.values() if row.state in ON_THE_PHONE]
    return "hana" in (*calls, *rung)


@each_verb
async def test_cancelled_anywhere_the_two_still_agree(verb: Verb) -> None:
    """As a carrier that hangs up on us, or a process that is told to stop."""
    waits, ended = 0, False
    while not ended:
        centre = await verb.given()
        running = verb.of(centre).__await__()
        ended = _stopped_at(running, waits)
        assert not ended or centre.who("hana").presence is verb.then
        assert (centre.who("hana").presence is Presence.ON_CALL) is on_a_call(centre), waits
        waits += 1
    assert waits > 2


@each_verb
async def test_a_tick_anywhere_in_between_changes_nothing(verb: Verb) -> None:
    """The worker looks whenever it likes, in other processes too."""
    waits, ended = 0, False
    while not ended:
        centre = await verb.given()
        running = verb.of(centre).__await__()
        ended = _driven(running, waits)
        if not ended:
            await Offering(replace(centre.floor)).tick(TENANT)
            for _ in running:
                await asyncio.sleep(0)
        assert centre.who("hana").presence is verb.then, waits
        waits += 1


def _driven(running: Any, waits: int) -> bool:
    """As far as it waits for the `waits`-th time. True when it ended before."""
    for _ in range(waits + 1):
        try:
            next(running)
        except StopIteration:
            return True
    return False


def _stopped_at(running: Any, waits: int) -> bool:
    if _driven(running, waits):
        return True
    with pytest.raises(asyncio.CancelledError):
        running.throw(asyncio.CancelledError())
    return False
