"""Entering, answering, passing on, leaving; and what happens when these cross."""

import asyncio

import pytest

from ivr.queues.answering import Answered
from ivr.queues.model import Presence, WaitingState
from tests.ivr.queues.adapters import TENANT, Pace, QueueRoom, operator, room, waiting


async def entered(*operators: str) -> QueueRoom:
    centre = room(*(operator(one) for one in operators))
    await centre.entering.enter(waiting("x"))
    return centre


async def test_a_call_is_offered_answered_talked_and_wrapped_up() -> None:
    centre = await entered("a")
    assert centre.row("x").offered_to == "a"
    assert await centre.answering.answer(TENANT, "a", "x") is Answered.RINGING
    assert centre.who("a").presence is Presence.ON_CALL
    assert await centre.answering.joined(TENANT, "x", "leg-1") is not None
    assert centre.row("x").state is WaitingState.TALKING
    await centre.entering.leave(TENANT, "call-x")
    await centre.entering.leave(TENANT, "call-x")
    assert centre.row("x").state is WaitingState.GONE
    assert centre.who("a").presence is Presence.WRAP_UP
    assert await centre.presence.choose(TENANT, "a", Presence.AVAILABLE)


async def test_said_twice_it_rings_once() -> None:
    centre = await entered("a")
    twice = (centre.answering.answer(TENANT, "a", "x") for _ in range(2))
    assert await asyncio.gather(*twice) == [Answered.RINGING, Answered.RINGING]
    assert len(centre.phones.rung) == 1


@pytest.mark.parametrize(("who", "token"), [("b", "x"), ("a", "other"), ("nobody", "x")])
async def test_what_was_not_offered_cannot_be_answered(who: str, token: str) -> None:
    centre = await entered("a", "b")
    assert await centre.answering.answer(TENANT, who, token) is Answered.NOT_YOURS
    assert await centre.answering.answer("elsewhere", "a", "x") is Answered.NOT_YOURS
    assert centre.phones.rung == []


async def test_a_missed_offer_pauses_and_goes_on() -> None:
    centre = await entered("a", "b")
    centre.clock.pass_by(20)
    assert await centre.answering.answer(TENANT, "a", "x") is Answered.NOT_YOURS
    await centre.offering.tick(TENANT)
    assert centre.who("a").presence is Presence.PAUSED
    assert centre.row("x").offered_to == "b"


async def test_passed_on_it_never_comes_back_to_the_same() -> None:
    centre = await entered("a")
    assert await centre.answering.decline(TENANT, "a", "x")
    assert not await centre.answering.decline(TENANT, "a", "x")
    await centre.offering.tick(TENANT)
    assert centre.row("x").offered_to == ""
    assert centre.who("a").presence is Presence.AVAILABLE


async def test_a_break_takes_the_offer_back_at_once() -> None:
    centre = await entered("a", "b")
    assert await centre.presence.choose(TENANT, "a", Presence.BREAK)
    assert centre.row("x").offered_to == "b"
    assert await centre.presence.choose(TENANT, "b", Presence.OFFLINE)
    assert await centre.presence.choose(TENANT, "a", Presence.AVAILABLE)
    assert centre.row("x").offered_to == "a"


@pytest.mark.parametrize("presence", [Presence.ON_CALL, Presence.WRAP_UP, Presence.PAUSED])
async def test_some_states_nobody_chooses(presence: Presence) -> None:
    centre = await entered("a")
    await centre.answering.answer(TENANT, "a", "x")
    assert not await centre.presence.choose(TENANT, "a", presence)
    assert centre.who("a").presence is Presence.ON_CALL


async def test_a_phone_that_cannot_be_rung_gives_the_caller_to_the_next() -> None:
    centre = await entered("a", "b")
    centre.phones.trouble = True
    assert await centre.answering.answer(TENANT, "a", "x") is Answered.PHONE_FAILED
    assert centre.who("a").presence is Presence.PAUSED
    assert centre.row("x").offered_to == "b"


@pytest.mark.parametrize("trouble", [False, True])
async def test_a_caller_who_leaves_while_the_phone_is_rung_stays_gone(trouble: bool) -> None:
    centre = await entered("a")
    centre.phones.trouble = trouble
    centre.phones.meanwhile = lambda: centre.entering.leave(TENANT, "call-x")
    answered = await centre.answering.answer(TENANT, "a", "x")
    assert answered is (Answered.PHONE_FAILED if trouble else Answered.NOT_YOURS)
    assert centre.row("x").state is WaitingState.GONE
    assert centre.phones.live == set()
    assert centre.who("a").presence is Presence.AVAILABLE


async def test_an_unanswered_ring_goes_to_the_next() -> None:
    centre = await entered("a", "b")
    await centre.answering.answer(TENANT, "a", "x")
    await centre.answering.leg_over(TENANT, "x", "leg-1")
    assert centre.who("a").presence is Presence.PAUSED
    assert centre.row("x").offered_to == "b"


async def test_an_old_leg_neither_ends_nor_joins_a_new_ring() -> None:
    centre = await entered("a", "b")
    await centre.answering.answer(TENANT, "a", "x")
    await centre.answering.leg_over(TENANT, "x", "leg-1")
    assert await centre.answering.answer(TENANT, "b", "x") is Answered.RINGING
    await centre.answering.leg_over(TENANT, "x", "leg-1")
    assert await centre.answering.joined(TENANT, "x", "leg-1") is None
    assert centre.row("x").state is WaitingState.RINGING
    assert await centre.answering.joined(TENANT, "x", "leg-2") is not None
    assert await centre.answering.joined(TENANT, "x", "leg-1") is None


async def test_a_ring_that_nobody_ends_is_taken_back() -> None:
    centre = await entered("a", "b")
    await centre.answering.answer(TENANT, "a", "x")
    centre.clock.pass_by(41)
    await centre.offering.tick(TENANT)
    assert centre.who("a").presence is Presence.PAUSED
    assert centre.row("x").offered_to == "b"


async def test_an_operator_left_on_no_call_comes_free() -> None:
    centre = room(operator("a", presence=Presence.ON_CALL))
    await centre.offering.tick(TENANT)
    assert centre.who("a").presence is Presence.WRAP_UP


async def test_a_caller_who_leaves_while_it_rings_frees_the_operator_in_place() -> None:
    centre = await entered("a")
    idle = centre.who("a").idle_since
    centre.clock.pass_by(3)
    await centre.answering.answer(TENANT, "a", "x")
    await centre.entering.leave(TENANT, "call-x")
    assert centre.phones.live == set()
    assert (centre.who("a").presence, centre.who("a").idle_since) == (Presence.AVAILABLE, idle)


async def test_calls_that_enter_together_are_offered_to_one_operator_each() -> None:
    centre = room(operator("a"), operator("b"))
    calls = [waiting(f"t{n}", priority=n) for n in range(6)]
    await asyncio.gather(*(centre.entering.enter(one) for one in calls))
    offered = [row.offered_to for row in centre.waiting.rows.values() if row.offered_to]
    assert sorted(offered) == ["a", "b"]


async def test_news_name_the_operator_only_where_it_is_theirs() -> None:
    centre = await entered("a")
    news = centre.news.told  # type: ignore[attr-defined]  # the adapter of these tests
    assert ("offer", "a", "x") in news
    assert ("waiting", None, "x") in news


def uneven(centre: QueueRoom, seed: int) -> QueueRoom:
    """Stores that answer now sooner, now later."""
    centre.waiting.pace = centre.operators.pace = Pace(seed)
    return centre


@pytest.mark.parametrize("seed", range(30))
async def test_a_call_that_enters_during_an_offer_gives_nobody_two(seed: int) -> None:
    centre = uneven(room(operator("a")), seed)
    calls = [waiting("x"), waiting("y", priority=5), waiting("z", priority=9)]
    await asyncio.gather(*(centre.entering.enter(one) for one in calls))
    assert [row.offered_to for row in centre.waiting.rows.values()].count("a") == 1


@pytest.mark.parametrize("seed", range(60))
async def test_a_caller_who_leaves_at_any_moment_of_answering_frees_the_operator(
    seed: int,
) -> None:
    centre = uneven(await entered("a"), seed)
    await asyncio.gather(
        centre.answering.answer(TENANT, "a", "x"), centre.entering.leave(TENANT, "call-x")
    )
    assert centre.row("x").state is WaitingState.GONE
    assert centre.who("a").presence is Presence.AVAILABLE
    assert centre.phones.live == set()


async def test_who_talks_answers_no_second_call() -> None:
    centre = await entered("a")
    centre.operators.known[TENANT, "a"] = operator("a", presence=Presence.ON_CALL)
    assert await centre.answering.answer(TENANT, "a", "x") is Answered.NOT_YOURS


async def test_a_call_that_enters_anew_before_it_left_keeps_its_place() -> None:
    """Its session was lost: it goes through the flow's `human` once more."""
    centre = room(operator("a", presence=Presence.BREAK))
    for token in ("x", "y"):
        await centre.entering.enter(waiting(token, since=centre.clock()))
        centre.clock.pass_by(60)
    await centre.entering.enter(waiting("new", call_ref="call-x", since=centre.clock()))
    await centre.entering.keep_only(TENANT, "call-x", token="new")
    assert centre.row("x").state is WaitingState.GONE
    place = await centre.entering.place(TENANT, "new")
    assert place is not None
    assert (place.position, place.size) == (1, 2)
    newest = await centre.waiting.by_call(TENANT, "call-x")
    assert newest == centre.row("new")
