"""Several processes offer from one store: each has its own verbs, none waits for the others."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from ivr.queues.model import Presence
from ivr.queues.offering import Offering
from tests.ivr.queues.adapters import TENANT, Pace, QueueRoom, operator, room, waiting


def elsewhere(near: QueueRoom) -> Offering:
    """Another process's, over the same store."""
    return Offering(replace(near.floor))


@pytest.mark.parametrize("seed", range(20))
async def test_nobody_is_offered_two_calls(seed: int) -> None:
    near = room(operator("a"), operator("b"))
    for store in (near.waiting, near.operators, near.callbacks):
        store.pace = Pace(seed)
    for number in range(5):
        await near.waiting.enter(waiting(f"call-{number}"))
    others = [elsewhere(near) for _ in range(3)]
    await asyncio.gather(near.offering.tick(TENANT), *(one.tick(TENANT) for one in others))
    offered = Counter(row.offered_to for row in near.waiting.rows.values() if row.offered_to)
    assert offered == {"a": 1, "b": 1}


async def test_an_offer_to_somebody_who_has_just_left_goes_to_the_next() -> None:
    """The other process saw them free, and offered after they had been told of nothing."""
    near = room(operator("a"), operator("b", presence=Presence.BREAK))
    await near.offering.offer(TENANT)
    assert await near.presence.choose(TENANT, "a", Presence.BREAK)
    await near.waiting.enter(waiting("late"))
    late = near.row("late")
    until = near.clock.at.replace(year=2027)
    assert await near.waiting.change(late, replace(late, offered_to="a", offered_until=until))
    assert await near.presence.choose(TENANT, "b", Presence.AVAILABLE)
    await elsewhere(near).tick(TENANT)
    assert near.row("late").offered_to == "b"
    assert near.who("a").presence is Presence.BREAK
