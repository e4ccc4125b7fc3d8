"""What an operator chooses in a call, for after it: kept, revocable, and never lost on the way."""

from dataclasses import replace

import pytest

from ivr.queues.model import Presence, WaitingState
from tests.ivr.queues.adapters import TENANT, QueueRoom, callback, operator, room, waiting

CHOSEN = [Presence.BREAK, Presence.OFFLINE]


async def ringing() -> QueueRoom:
    centre = room(operator("a"))
    await centre.entering.enter(waiting("x"))
    await centre.answering.answer(TENANT, "a", "x")
    return centre


async def talking() -> QueueRoom:
    centre = await ringing()
    assert await centre.answering.joined(TENANT, "x", "leg-1") is not None
    return centre


@pytest.mark.parametrize("chosen", CHOSEN)
async def test_it_waits_for_the_wrap_up(chosen: Presence) -> None:
    centre = await talking()
    assert await centre.presence.choose(TENANT, "a", chosen)
    assert (centre.who("a").presence, centre.who("a").after_call) == (Presence.ON_CALL, chosen)
    assert centre.row("x").state is WaitingState.TALKING
    await centre.entering.leave(TENANT, "call-x")
    assert (centre.who("a").presence, centre.who("a").after_call) == (Presence.WRAP_UP, chosen)
    await centre.entering.enter(waiting("y"))
    await centre.presence.wrap_up_done(TENANT, "a")
    await centre.presence.wrap_up_done(TENANT, "a")
    assert (centre.who("a").presence, centre.who("a").after_call) == (chosen, None)
    assert centre.row("y").offered_to == ""


async def test_taken_back_the_usual_comes() -> None:
    centre = await talking()
    await centre.presence.choose(TENANT, "a", Presence.BREAK)
    await centre.presence.forget_wish(TENANT, "a")
    await centre.entering.leave(TENANT, "call-x")
    await centre.presence.wrap_up_done(TENANT, "a")
    assert centre.who("a").presence is Presence.AVAILABLE


@pytest.mark.parametrize("chosen", [Presence.AVAILABLE, Presence.OFFLINE])
async def test_in_the_wrap_up_a_choice_is_one_for_now(chosen: Presence) -> None:
    centre = await talking()
    await centre.presence.choose(TENANT, "a", Presence.BREAK)
    await centre.entering.leave(TENANT, "call-x")
    assert await centre.presence.choose(TENANT, "a", chosen)
    assert (centre.who("a").presence, centre.who("a").after_call) == (chosen, None)


@pytest.mark.parametrize("chosen", CHOSEN)
async def test_a_call_that_never_came_leads_there_at_once(chosen: Presence) -> None:
    left, missed = await ringing(), await ringing()
    for centre in (left, missed):
        assert await centre.presence.choose(TENANT, "a", chosen)
    await left.entering.leave(TENANT, "call-x")
    await missed.answering.leg_over(TENANT, "x", "leg-1")
    for centre in (left, missed):
        assert (centre.who("a").presence, centre.who("a").after_call) == (chosen, None)


async def test_after_a_call_back_it_goes_before_the_earlier_state() -> None:
    centre = room(operator("a", presence=Presence.BREAK))
    await centre.callback_list.register(callback("b"))
    await centre.callback_list.claim(TENANT, "a", "b")
    await centre.ringing_back.ring(TENANT, "a", "b")
    assert await centre.presence.choose(TENANT, "a", Presence.AVAILABLE)
    await centre.ringing_back.picked_up(TENANT, "b", "leg-1")
    await centre.ringing_back.over(TENANT, "b", "leg-1", "reached")
    assert centre.who("a").presence is Presence.AVAILABLE


async def test_one_that_came_just_as_the_call_ended_is_found_by_the_tick() -> None:
    centre = await talking()
    await centre.entering.leave(TENANT, "call-x")
    await centre.presence.wrap_up_done(TENANT, "a")
    late = replace(
        centre.who("a"), after_call=Presence.BREAK
    )  # another process wrote it in between
    centre.operators.known[TENANT, "a"] = late
    await centre.offering.tick(TENANT)
    assert (centre.who("a").presence, centre.who("a").after_call) == (Presence.BREAK, None)
