"""The port `Pairings` where pairings begin before their call: locators, arrival, second calls."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from identity.jpki.profile import CardKind
from identity.pairing.model import (
    NO_CALL,
    CallRef,
    CallState,
    InstallationId,
    Mode,
    Pairing,
    ReportedCall,
    Tap,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Closed, LocatorTaken, Lost, Opened
from tests.ports.stage import (
    TENANT,
    Stage,
    a_locator,
    a_pairing,
    a_record,
    failed,
    news_of,
    now,
    verified,
)

DAY = timedelta(hours=24)
MINUTE = timedelta(seconds=60)


def before_a_call(app: str = "app-1") -> Pairing:
    """Proven and waiting for its ticket's call."""
    made = a_pairing()
    return replace(
        made,
        call=replace(made.call, call_ref=NO_CALL, line=""),
        mode=Mode.APP_DIAL,
        hint=Hint.AWAITING_DIAL,
        claimed_by=InstallationId(app),
        step_by=now() + MINUTE,
        statement=f'{{"nonce":"nonce of {made.id}"}}'.encode(),
        locators=(),
    )


def arrived(before: Pairing, call: str) -> Pairing:
    return replace(
        before,
        call=replace(before.call, call_ref=CallRef(call), line="+819012340001"),
        hint=Hint.MATCHING_CONTRACT,
        errand_key=f"{call}:1:0",
        arrived_at=now(),
        step_by=now() + timedelta(seconds=10),
    )


async def open_(stage: Stage, pairing: Pairing) -> Opened | LocatorTaken | CallBusy:
    return await stage.pairings.open(pairing, not_reused_since=now() - DAY, news=news_of(pairing))


async def lead(stage: Stage, before: Pairing, after: Pairing) -> object:
    return await stage.pairings.lead(
        before,
        after,
        locator=after.locators[-1],
        not_reused_since=now() - DAY,
        news=news_of(after),
        record=a_record(before),
    )


async def arrive(stage: Stage, before: Pairing, call: str) -> Pairing | Lost | CallBusy:
    after = arrived(before, call)
    return await stage.pairings.arrive(before, after, news=news_of(after))


class TestBeforeACall:
    async def test_what_it_knows_comes_back_unchanged(self, stage: Stage) -> None:
        at = now()
        pairing = replace(
            before_a_call(),
            ticket_at=at,
            tap=Tap(certificate=b"der", signature=b"signed", card_kind=CardKind.IPHONE),
            report=ReportedCall(
                call_state=CallState.OUTGOING, begun_at=at, connected_at=None, other_calls=True
            ),
            locators=(a_locator(mode=Mode.APP_DIAL), a_locator(mode=Mode.SMS_LINK)),
        )
        await stage.opened(pairing)
        assert await stage.pairings.by_id(TENANT, pairing.id) == pairing
        for locator in pairing.locators:
            assert await stage.pairings.by_locator(locator.hash) == pairing

    async def test_an_installation_has_one_and_calls_are_not_mixed_up(self, stage: Stage) -> None:
        first = await stage.opened(before_a_call())
        assert await open_(stage, before_a_call()) == CallBusy(pairing=first)
        assert isinstance(await open_(stage, before_a_call("app-2")), Opened)
        ended = failed(first, Hint.USER_CANCELLED)
        await stage.pairings.change(first, ended, news=news_of(ended), record=None)
        assert isinstance(await open_(stage, before_a_call()), Opened)

    async def test_begun_at_the_same_time_one_is_open(self, stage: Stage) -> None:
        answers = await asyncio.gather(*(open_(stage, before_a_call()) for _ in range(12)))
        assert sum(isinstance(answer, Opened) for answer in answers) == 1
        assert sum(isinstance(answer, CallBusy) for answer in answers) == 11

    async def test_evidence_may_be_part_of_an_opening_once(self, stage: Stage) -> None:
        pairing = a_pairing()
        for _ in range(2):
            await stage.pairings.open(
                pairing,
                not_reused_since=now() - DAY,
                news=news_of(pairing),
                record=a_record(pairing),
            )
        assert len(await stage.evidence.of_pairing(TENANT, pairing.id)) == 1


class TestLeading:
    async def test_one_more_locator_leads_to_it(self, stage: Stage) -> None:
        before = await stage.opened()
        more = a_locator(mode=Mode.SMS_LINK)
        after = replace(before, locators=(*before.locators, more))
        led = await lead(stage, before, after)
        assert isinstance(led, Closed)
        for locator in after.locators:
            assert await stage.pairings.by_locator(locator.hash) == led.pairing
        assert len(await stage.evidence.of_pairing(TENANT, before.id)) == 1

    async def test_not_by_one_that_is_in_use(self, stage: Stage) -> None:
        other, before = await stage.opened(), await stage.opened()
        after = replace(before, locators=(*before.locators, *other.locators))
        assert await lead(stage, before, after) == LocatorTaken()
        assert await stage.pairings.by_locator(other.locators[0].hash) == other
        assert await stage.pairings.by_id(TENANT, before.id) == before
        assert not await stage.evidence.of_pairing(TENANT, before.id)

    async def test_who_is_overtaken_keeps_no_locator(self, stage: Stage) -> None:
        before = await stage.opened()
        wishes = [
            replace(before, locators=(*before.locators, a_locator(mode=Mode.SMS_LINK)))
            for _ in range(8)
        ]
        answers = await asyncio.gather(*(lead(stage, before, wish) for wish in wishes))
        (winner,) = (answer for answer in answers if isinstance(answer, Closed))
        assert answers.count(Lost(now=winner.pairing)) == 7
        led = [await stage.pairings.by_locator(wish.locators[-1].hash) for wish in wishes]
        assert sorted(led, key=str) == sorted([None] * 7 + [winner.pairing], key=str)

    async def test_a_ticket_is_found_in_any_status_a_locator_only_while_pending(
        self, stage: Stage
    ) -> None:
        before = await stage.opened()
        (locator,) = before.locators
        ended = failed(before, Hint.USER_CANCELLED)
        moved = await stage.pairings.change(before, ended, news=news_of(ended), record=None)
        assert await stage.pairings.by_locator(locator.hash) is None
        assert await stage.pairings.by_ticket(locator.hash) == moved
        assert await stage.pairings.by_ticket(b"no") is None

    async def test_only_what_is_pending_is_led_to(self, stage: Stage) -> None:
        before = await stage.opened()
        ended = failed(before, Hint.USER_CANCELLED)
        with pytest.raises(ValueError, match="pending"):
            await lead(stage, before, ended)


class TestArriving:
    async def test_the_call_is_met_once(self, stage: Stage) -> None:
        before = await stage.opened(before_a_call())
        answers = await asyncio.gather(*(arrive(stage, before, f"call-x{n}") for n in range(8)))
        (winner,) = (answer for answer in answers if isinstance(answer, Pairing))
        assert answers.count(Lost(now=winner)) == 7
        assert await stage.pairings.by_id(TENANT, before.id) == winner
        assert await stage.pairings.by_call(TENANT, winner.call_ref) == [winner]
        assert isinstance(await open_(stage, before_a_call()), Opened)

    async def test_not_on_a_call_with_an_open_check(self, stage: Stage) -> None:
        before, busy = await stage.opened(before_a_call()), await stage.opened()
        assert await arrive(stage, before, busy.call_ref) == CallBusy(pairing=busy)
        assert await stage.pairings.by_id(TENANT, before.id) == before

    async def test_not_after_its_time_by_the_databases_clock(self, stage: Stage) -> None:
        late = replace(before_a_call(), step_by=now() - timedelta(milliseconds=1))
        before = await stage.opened(late)
        assert await arrive(stage, before, "call-late") == Lost(now=before)
        assert await stage.pairings.overdue(10) == [before]

    async def test_nothing_else_gives_a_pairing_a_call(self, stage: Stage) -> None:
        before = await stage.opened(before_a_call())
        after = arrived(before, "call-y")
        with pytest.raises(ValueError, match="not the same"):
            await stage.pairings.change(before, after, news=news_of(after), record=None)
        with pytest.raises(ValueError, match="its call, once"):
            await stage.pairings.arrive(after, arrived(after, "call-z"), news=news_of(after))

    async def test_calls_list_it_in_the_order_in_which_it_came(self, stage: Stage) -> None:
        before = await stage.opened(before_a_call())
        spoken = await stage.opened(a_pairing(call="call-order"))
        ended = failed(spoken, Hint.CALLER_SKIPPED)
        await stage.pairings.change(spoken, ended, news=news_of(ended), record=None)
        await arrive(stage, before, "call-order")
        found = await stage.pairings.by_call(TENANT, CallRef("call-order"))
        assert [one.id for one in found] == [spoken.id, before.id]


class TestASecondCall:
    async def _met(self, stage: Stage, *, complete: bool) -> Pairing:
        before = await stage.opened(before_a_call())
        met = await arrive(stage, before, f"call of {before.id}")
        assert isinstance(met, Pairing)
        if not complete:
            return met
        after = verified(met)
        closed = await stage.pairings.close(met, after, record=a_record(met), news=news_of(after))
        assert isinstance(closed, Closed)
        return closed.pairing

    async def _end(self, stage: Stage, first: Pairing, second: Pairing) -> bool:
        after = failed(first)
        return await stage.pairings.end_both(
            first=first,
            first_after=after,
            second=second,
            records=[a_record(first), a_record(second)],
            news=[news_of(after), news_of(second)],
        )

    @pytest.mark.parametrize("complete", [False, True])
    async def test_both_end_together(self, stage: Stage, complete: bool) -> None:
        first = await self._met(stage, complete=complete)
        second = failed(replace(a_pairing(), locators=()))
        assert await self._end(stage, first, second)
        found = [await stage.pairings.by_id(TENANT, one.id) for one in (first, second)]
        assert [one.hint for one in found if one] == [Hint.SUPERSEDED, Hint.SUPERSEDED]
        assert len(await stage.evidence.of_pairing(TENANT, second.id)) == 1
        # The person is free for a call of their own.
        assert (await self._met(stage, complete=True)).status is Status.COMPLETE

    async def test_a_verdict_whose_call_is_over_stays(self, stage: Stage) -> None:
        first = await self._met(stage, complete=True)
        await stage.pairings.call_over(TENANT, first.call_ref)
        second = failed(replace(a_pairing(), locators=()))
        assert not await self._end(stage, first, second)
        assert await stage.pairings.by_id(TENANT, first.id) == first
        assert await stage.pairings.by_id(TENANT, second.id) is None
        assert not await stage.evidence.of_pairing(TENANT, second.id)

    async def test_at_the_same_time_it_happens_once(self, stage: Stage) -> None:
        first = await self._met(stage, complete=True)
        seconds = [failed(replace(a_pairing(), locators=())) for _ in range(6)]
        done = await asyncio.gather(*(self._end(stage, first, second) for second in seconds))
        assert sum(done) == 1
        kept = [await stage.pairings.by_id(TENANT, second.id) for second in seconds]
        assert sum(one is not None for one in kept) == 1
