"""People to be rung back: the list, one operator each, and what becomes of a call we place."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.queues import rules
from ivr.queues.callback_list import Booked, CallbackList
from ivr.queues.model import AskedAgain, Callback, CallbackState, Presence
from ivr.queues.ringing_back import Rung
from tests.ivr.queues.adapters import START, TENANT, QueueRoom, callback, operator, room, waiting


def row(centre: QueueRoom, name: str = "a") -> Callback:
    return centre.callbacks.rows[TENANT, name]


async def taken() -> QueueRoom:
    """`hana` has taken call-back a."""
    centre = room(operator("hana"), operator("taro"))
    await centre.callback_list.register(callback("a"))
    assert await centre.callback_list.claim(TENANT, "hana", "a")
    return centre


async def rung() -> QueueRoom:
    centre = await taken()
    assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.RINGING
    return centre


async def calling() -> QueueRoom:
    centre = await rung()
    assert await centre.ringing_back.picked_up(TENANT, "a", "leg-1") is not None
    return centre


class TestList:
    async def test_asked_twice_what_was_asked_first_stands_and_no_result_is_lost(self) -> None:
        centre = room(operator("hana"))
        assert await centre.callback_list.register(callback("a")) is Booked.LISTED
        due = START + timedelta(hours=1)
        again = callback(
            "b", number=row(centre).number, call_ref="call-new", keep_result=60, due_at=due
        )
        for _ in range(2):
            assert await centre.callback_list.register(again) is Booked.LISTED
        (only,) = await centre.callbacks.open(TENANT)
        newer = AskedAgain(call_ref="call-new", keep_result=60)
        assert only == replace(callback("a"), again=(newer,), version=2)
        assert await centre.callback_list.register(callback("a", queue="other")) is Booked.LISTED
        assert row(centre).queue == "general"

    async def test_a_number_that_asks_without_end_fills_no_row(self) -> None:
        centre = room(operator("hana"))
        for n in range(rules.MOST_ASKED_AGAIN + 5):
            one = callback(f"cb-{n}", number="+819000000000")
            assert await centre.callback_list.register(one) is Booked.LISTED
        (only,) = await centre.callbacks.open(TENANT)
        assert len(only.again) == rules.MOST_ASKED_AGAIN
        assert only.call_ref == "call-cb-0"

    async def test_a_full_list_says_so(self) -> None:
        centre = room(operator("hana"))
        for n in range(rules.MOST_CALLBACKS):
            one = callback(f"cb-{n}", number=f"+8190{n:08d}")
            centre.callbacks.rows[TENANT, one.id] = one
        new = callback("new", number="+819099999999")
        assert await centre.callback_list.register(new) is Booked.FULL

    async def test_a_day_has_a_budget_that_the_rung_still_count_in(self) -> None:
        centre = room(operator("hana"))
        book = CallbackList(centre.floor, per_day=5)

        async def asks(n: int) -> Booked:
            since = centre.clock()
            one = callback(f"cb-{n}", number=f"+8190{n:08d}", since=since, due_at=since)
            return await book.register(one)

        assert [await asks(n) for n in range(3)] == [Booked.LISTED] * 3
        assert await book.claim(TENANT, "hana", "cb-0")
        assert await book.close(TENANT, "hana", "cb-0")
        assert [await asks(n) for n in (3, 4)] == [Booked.LAST_ONES] * 2
        assert await asks(5) is Booked.SPENT
        assert await asks(4) is Booked.LISTED  # who is on it already costs nothing
        centre.clock.at += timedelta(hours=24)
        assert await asks(5) is Booked.LISTED

    async def test_one_operator_takes_it(self) -> None:
        centre = room(operator("hana"), operator("taro"))
        await centre.callback_list.register(callback("a"))
        won = await asyncio.gather(
            *(centre.callback_list.claim(TENANT, who, "a") for who in ("hana", "taro"))
        )
        assert sorted(won) == [False, True]
        assert await centre.callback_list.claim(TENANT, row(centre).claimed_by, "a")

    @pytest.mark.parametrize(
        "other",
        [{"queue": "safety"}, {"due_at": START + timedelta(seconds=1)}],
        ids=["another queue", "not due"],
    )
    async def test_what_may_not_be_taken(self, other: dict[str, object]) -> None:
        centre = room(operator("hana"))
        await centre.callback_list.register(callback("a", **other))
        assert not await centre.callback_list.claim(TENANT, "hana", "a")

    async def test_one_at_a_time(self) -> None:
        centre = await taken()
        await centre.callback_list.register(callback("b"))
        assert not await centre.callback_list.claim(TENANT, "hana", "b")

    async def test_given_back_others_may_take_it(self) -> None:
        centre = await taken()
        assert not await centre.callback_list.give_back(TENANT, "taro", "a")
        assert await centre.callback_list.give_back(TENANT, "hana", "a")
        assert await centre.callback_list.claim(TENANT, "taro", "a")

    async def test_closed_it_is_done(self) -> None:
        centre = await taken()
        assert await centre.callback_list.close(TENANT, "hana", "a")
        assert (row(centre).state, row(centre).last_outcome) == (CallbackState.DONE, "closed")
        assert not await centre.callback_list.claim(TENANT, "hana", "a")

    async def test_a_claim_runs_out(self) -> None:
        centre = await taken()
        centre.clock.pass_by(rules.CLAIM_LASTS.total_seconds())
        await centre.ringing_back.tick(TENANT)
        assert (row(centre).state, row(centre).claimed_by) == (CallbackState.WAITING, "")
        assert centre.who("hana").presence is Presence.AVAILABLE


class TestRinging:
    async def test_the_operator_first_then_the_customer_and_the_talk(self) -> None:
        centre = await taken()
        await centre.presence.choose(TENANT, "hana", Presence.BREAK)
        assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.RINGING
        assert centre.who("hana").presence is Presence.ON_CALL
        assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.RINGING
        assert len(centre.phones.rung) == 1
        found = await centre.ringing_back.picked_up(TENANT, "a", "leg-1")
        assert found is not None
        assert found.number == callback("a").number
        await centre.ringing_back.reached(TENANT, "a", "leg-1")
        assert row(centre).state is CallbackState.TALKING
        await centre.offering.tick(TENANT)
        assert centre.who("hana").presence is Presence.ON_CALL
        await centre.ringing_back.over(TENANT, "a", "leg-1", "reached")
        await centre.ringing_back.over(TENANT, "a", "leg-1", "")
        done = row(centre)
        assert (done.state, done.last_outcome, done.tries) == (CallbackState.DONE, "reached", 1)
        assert centre.who("hana").presence is Presence.BREAK

    @pytest.mark.parametrize("outcome", ["no_answer", "busy", "failed"])
    async def test_not_reached_it_stays_on_the_list_and_counts(self, outcome: str) -> None:
        centre = await calling()
        await centre.ringing_back.over(TENANT, "a", "leg-1", outcome)
        now = row(centre)
        assert (now.state, now.claimed_by) == (CallbackState.WAITING, "")
        assert (now.tries, now.last_outcome, now.last_tried_at) == (1, outcome, START)
        assert centre.who("hana").presence is Presence.AVAILABLE
        await centre.ringing_back.over(TENANT, "a", "leg-1", "")
        assert row(centre).tries == 1

    async def test_an_operator_who_does_not_pick_up_keeps_the_claim(self) -> None:
        centre = await rung()
        await centre.ringing_back.over(TENANT, "a", "leg-1", "")
        assert (row(centre).state, row(centre).claimed_by) == (CallbackState.CLAIMED, "hana")
        assert row(centre).tries == 0
        assert centre.who("hana").presence is Presence.AVAILABLE

    async def test_a_lost_word_of_the_joining_is_no_lost_talk(self) -> None:
        centre = await calling()
        await centre.ringing_back.over(TENANT, "a", "leg-1", "reached")
        assert row(centre).state is CallbackState.DONE

    async def test_a_leg_of_an_earlier_ring_moves_nothing(self) -> None:
        centre = await calling()
        await centre.ringing_back.over(TENANT, "a", "leg-0", "no_answer")
        assert row(centre).state is CallbackState.CALLING
        assert await centre.ringing_back.picked_up(TENANT, "a", "leg-0") is None

    async def test_trouble_with_the_phone_gives_the_operator_back(self) -> None:
        centre = await taken()
        centre.phones.trouble = True
        assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.PHONE_FAILED
        assert row(centre).state is CallbackState.CLAIMED
        assert centre.who("hana").presence is Presence.AVAILABLE

    async def test_not_in_the_middle_of_a_call_and_not_anothers(self) -> None:
        centre = await taken()
        assert await centre.ringing_back.ring(TENANT, "taro", "a") is Rung.NOT_YOURS
        centre.operators.known[TENANT, "hana"] = replace(
            centre.who("hana"), presence=Presence.ON_CALL
        )
        assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.NOT_NOW

    async def test_who_rings_back_is_offered_nobody(self) -> None:
        centre = await taken()
        await centre.entering.enter(waiting("x"))
        offered = centre.row("x").offered_to
        assert offered == "hana"
        await centre.ringing_back.ring(TENANT, "hana", "a")
        assert centre.row("x").offered_to in ("", "taro")
        await centre.offering.tick(TENANT)
        assert centre.row("x").offered_to == "taro"

    @pytest.mark.parametrize("state", ["ringing", "calling"])
    async def test_a_call_whose_end_nobody_told_runs_out(self, state: str) -> None:
        centre = await (rung() if state == "ringing" else calling())
        centre.clock.pass_by(rules.CALLING_LASTS.total_seconds())
        await centre.ringing_back.tick(TENANT)
        assert (row(centre).state, row(centre).claimed_by) == (CallbackState.WAITING, "")
        assert centre.who("hana").presence is Presence.AVAILABLE
        assert centre.phones.live == set()

    async def test_it_runs_out_while_the_phone_is_being_rung(self) -> None:
        centre = await taken()

        async def meanwhile() -> None:
            centre.clock.pass_by(rules.RINGING_BACK_LASTS.total_seconds())
            await centre.ringing_back.tick(TENANT)

        centre.phones.meanwhile = meanwhile
        assert await centre.ringing_back.ring(TENANT, "hana", "a") is Rung.NOT_YOURS
        assert centre.phones.live == set()
        assert centre.who("hana").presence is Presence.AVAILABLE
