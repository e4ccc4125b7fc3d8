"""The port `Pairings`: opening, finding, changing, one winner, expiry by the database's clock."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from identity.pairing.model import CallRef, InstallationId, Pairing, PairingId, PersonId
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Closed, LocatorTaken, Lost, Opened
from identity.tenants.model import TenantId
from tests.ports.stage import (
    TENANT,
    Stage,
    a_pairing,
    a_record,
    claimed,
    failed,
    news_of,
    now,
    verified,
)

DAY = timedelta(hours=24)


async def open_(stage: Stage, pairing: Pairing) -> Opened | LocatorTaken | CallBusy:
    return await stage.pairings.open(pairing, not_reused_since=now() - DAY, news=news_of(pairing))


class TestOpening:
    async def test_what_was_opened_is_found_unchanged(self, stage: Stage) -> None:
        pairing = replace(a_pairing(), expect=None, action="見直し")
        await stage.opened(pairing)
        assert await stage.pairings.by_id(TENANT, pairing.id) == pairing
        assert await stage.pairings.by_locator(pairing.locators[0].hash) == pairing
        assert await stage.pairings.by_call(TENANT, pairing.call_ref) == [pairing]
        assert await stage.pairings.by_id(TenantId("another"), pairing.id) is None

    async def test_the_same_errand_opens_once(self, stage: Stage) -> None:
        first = await stage.opened()
        again = replace(a_pairing(), errand_key=first.errand_key, call=first.call)
        assert await open_(stage, again) == Opened(pairing=first, fresh=False)
        assert len(await stage.outbox.take(10)) == 1

    async def test_the_same_errand_at_the_same_time_opens_once(self, stage: Stage) -> None:
        model = a_pairing()
        same = [
            replace(a_pairing(), errand_key=model.errand_key, call=model.call) for _ in range(12)
        ]
        answers = await asyncio.gather(*(open_(stage, one) for one in same))
        assert all(isinstance(answer, Opened) for answer in answers)
        assert sum(answer.fresh for answer in answers if isinstance(answer, Opened)) == 1
        assert len({a.pairing.id for a in answers if isinstance(a, Opened)}) == 1

    async def test_a_call_has_one_open_pairing(self, stage: Stage) -> None:
        first = await stage.opened()
        second = a_pairing(call=first.call_ref)
        assert await open_(stage, second) == CallBusy(pairing=first)
        ended = failed(first, Hint.USER_CANCELLED)
        await stage.pairings.change(first, ended, news=news_of(ended), record=None)
        assert isinstance(await open_(stage, second), Opened)
        found = await stage.pairings.by_call(TENANT, first.call_ref)
        assert [one.id for one in found] == [first.id, second.id]

    async def test_a_locator_is_not_reused_for_a_day(self, stage: Stage) -> None:
        first = await stage.opened(a_pairing(opened_at=now() - timedelta(hours=1)))
        same = replace(a_pairing(), locators=first.locators)
        assert await open_(stage, same) == LocatorTaken()
        ended = failed(first, Hint.CODE_EXPIRED)
        await stage.pairings.change(first, ended, news=news_of(ended), record=None)
        assert await open_(stage, same) == LocatorTaken()
        assert await stage.pairings.by_id(TENANT, same.id) is None

    async def test_a_locator_is_free_after_a_day_but_not_while_pending(self, stage: Stage) -> None:
        old = await stage.opened(a_pairing(opened_at=now() - timedelta(hours=25)))
        same = replace(a_pairing(), locators=old.locators)
        assert await open_(stage, same) == LocatorTaken()
        ended = failed(old, Hint.CODE_EXPIRED)
        await stage.pairings.change(old, ended, news=news_of(ended), record=None)
        assert isinstance(await open_(stage, same), Opened)
        found = await stage.pairings.by_locator(same.locators[0].hash)
        assert found is not None
        assert found.id == same.id

    async def test_one_locator_for_one_of_many(self, stage: Stage) -> None:
        taken = a_pairing().locators
        many = [replace(a_pairing(), locators=taken) for _ in range(16)]
        answers = await asyncio.gather(*(open_(stage, one) for one in many))
        assert sum(isinstance(answer, Opened) for answer in answers) == 1
        assert sum(isinstance(answer, LocatorTaken) for answer in answers) == 15


class TestChanging:
    async def test_one_claim_wins(self, stage: Stage) -> None:
        before = await stage.opened()
        wishes = [claimed(before, by=f"app-{n}") for n in range(24)]
        answers = await asyncio.gather(
            *(stage.pairings.change(before, w, news=news_of(w), record=None) for w in wishes)
        )
        (winner,) = (answer for answer in answers if isinstance(answer, Pairing))
        assert winner.version == 2
        assert await stage.pairings.by_id(TENANT, before.id) == winner
        assert [a for a in answers if isinstance(a, Lost)] == [Lost(now=winner)] * 23
        assert winner.claimed_by is not None
        assert await stage.pairings.claimed(winner.claimed_by, winner.id) == winner
        assert await stage.pairings.claimed(InstallationId("app-99"), winner.id) is None

    async def test_no_claim_after_claim_by(self, stage: Stage) -> None:
        late = replace(a_pairing(), claim_by=now() - timedelta(seconds=1))
        before = await stage.opened(late)
        after = claimed(before)
        answer = await stage.pairings.change(before, after, news=news_of(after), record=None)
        assert answer == Lost(now=before)

    async def test_nothing_but_an_end_after_expiry(self, stage: Stage) -> None:
        past = now() - timedelta(seconds=1)
        before = await stage.opened(replace(a_pairing(), expires_at=past))
        after = replace(before, extended=True, expires_at=now() + timedelta(hours=1))
        answer = await stage.pairings.change(before, after, news=news_of(after), record=None)
        assert answer == Lost(now=before)
        ended = failed(before, Hint.CODE_EXPIRED)
        moved = await stage.pairings.change(before, ended, news=news_of(ended), record=None)
        assert isinstance(moved, Pairing)

    async def test_an_end_with_a_record_is_evidence(self, stage: Stage) -> None:
        before = await stage.claimed()
        after, record = failed(before, Hint.SIGNATURE_INVALID), a_record(before)
        answer = await stage.pairings.change(before, after, news=news_of(after), record=record)
        assert isinstance(answer, Closed)
        assert answer.evidence.record == record
        assert await stage.evidence.of_pairing(TENANT, before.id) == [answer.evidence]
        again = await stage.pairings.change(
            before, after, news=news_of(after), record=a_record(before)
        )
        assert again == Lost(now=answer.pairing)
        assert len(await stage.evidence.of_pairing(TENANT, before.id)) == 1

    async def test_change_does_not_complete_or_revive(self, stage: Stage) -> None:
        before = await stage.claimed()
        complete = verified(before)
        with pytest.raises(ValueError, match="only close"):
            await stage.pairings.change(before, complete, news=news_of(complete), record=None)
        ended = failed(before, Hint.USER_CANCELLED)
        moved = await stage.pairings.change(before, ended, news=news_of(ended), record=None)
        assert isinstance(moved, Pairing)
        with pytest.raises(ValueError, match="by its repudiation"):
            await stage.pairings.change(moved, before, news=news_of(before), record=None)

    async def test_a_verdict_is_repudiated_once(self, stage: Stage) -> None:
        closed = await closed_one(stage)
        after = replace(closed, repudiated_at=now())
        first, second = await asyncio.gather(
            *(
                stage.pairings.change(closed, after, news=news_of(after), record=a_record(closed))
                for _ in range(2)
            )
        )
        assert {type(first), type(second)} == {Closed, Lost}
        found = await stage.pairings.by_id(TENANT, closed.id)
        assert found is not None
        assert found.repudiated_at == after.repudiated_at
        assert found.status is Status.COMPLETE


async def closed_one(
    stage: Stage, *, person: str | None = "person-1", by: str = "app-1"
) -> Pairing:
    before = await stage.claimed(by=by)
    after = verified(before, person=person)
    answer = await stage.pairings.close(before, after, record=a_record(before), news=news_of(after))
    assert isinstance(answer, Closed)
    return answer.pairing


class TestFinding:
    async def test_overdue_are_the_unclaimed_and_the_expired(self, stage: Stage) -> None:
        past = now() - timedelta(seconds=1)
        fine = await stage.opened()
        unclaimed = await stage.opened(replace(a_pairing(), claim_by=past))
        in_hand = await stage.claimed()
        kept = replace(in_hand, claim_by=past)
        await stage.pairings.change(in_hand, kept, news=news_of(kept), record=None)
        expired = await stage.opened(replace(a_pairing(), expires_at=past))
        found = {one.id for one in await stage.pairings.overdue(10)}
        assert found == {unclaimed.id, expired.id}
        assert fine.id not in found
        assert len(await stage.pairings.overdue(1)) == 1

    async def test_by_person_and_by_installation(self, stage: Stage) -> None:
        first = await closed_one(stage, by="app-7")
        await stage.pairings.call_over(TENANT, first.call_ref)
        second = await closed_one(stage, by="app-8")
        before = await stage.claimed(by="app-7")
        cancelled = failed(before, Hint.USER_CANCELLED)
        await stage.pairings.change(before, cancelled, news=news_of(cancelled), record=None)
        person, since = PersonId("person-1"), now() - DAY
        proven = await stage.pairings.proven_before(TENANT, person, since=since)
        assert [one.id for one in proven] == [second.id, first.id]
        assert not await stage.pairings.proven_before(TENANT, person, since=now())
        mine = await stage.pairings.of_installation(TENANT, InstallationId("app-7"), since=since)
        assert mine == [first]

    async def test_what_is_not_there_is_none(self, stage: Stage) -> None:
        assert await stage.pairings.by_id(TENANT, PairingId("no")) is None
        assert await stage.pairings.by_locator(b"no") is None
        assert not await stage.pairings.by_call(TENANT, CallRef("no"))
        await stage.pairings.call_over(TENANT, CallRef("no"))
