"""`close` and `supersede`: one transaction, all of it or nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from identity.evidence_archive.chain import first_bad
from identity.pairing.model import Pairing
from identity.pairing.outcomes import Status
from identity.pairing.ports import Closed, EnrolmentTaken, Lost, PersonLive
from identity.tenants.model import TenantId
from stores.sql.outbox import Outbox
from stores.sql.pairings.store import SqlPairings
from stores.sql.schema.identity_side import consumed_nonces, evidence, live_verdicts
from tests.ports.stage import (
    RESULT_LIVES,
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


async def close(
    stage: Stage, before: Pairing, *, person: str | None = "person-1"
) -> Closed | Lost | PersonLive | EnrolmentTaken:
    after = verified(before, person=person)
    return await stage.pairings.close(before, after, record=a_record(before), news=news_of(after))


async def counts(stage: Stage) -> tuple[int, int, int, int]:
    """Evidence rows, consumed nonces, live rows, news not told."""
    found = []
    async with stage.database.read() as connection:
        for table in (evidence, consumed_nonces, live_verdicts):
            query = select(func.count()).select_from(table)
            found.append((await connection.execute(query)).scalar_one())
    return found[0], found[1], found[2], await stage.outbox.waiting()


async def test_a_verdict_has_its_evidence_news_nonce_and_live_row(stage: Stage) -> None:
    before = await stage.claimed()
    wakes = stage.wakes
    answer = await close(stage, before)
    assert isinstance(answer, Closed)
    assert stage.wakes == wakes + 1
    assert await stage.pairings.by_id(TENANT, before.id) == answer.pairing
    assert answer.pairing.status is Status.COMPLETE
    assert answer.pairing.version == before.version + 1
    assert await stage.evidence.of_pairing(TENANT, before.id) == [answer.evidence]
    assert await counts(stage) == (1, 1, 1, 3)
    told = await stage.outbox.take(10)
    assert told[-1].news.status is Status.COMPLETE


async def test_of_many_closes_one_wins(stage: Stage) -> None:
    before = await stage.claimed()
    answers = await asyncio.gather(*(close(stage, before) for _ in range(24)))
    (closed,) = (answer for answer in answers if isinstance(answer, Closed))
    assert [a for a in answers if isinstance(a, Lost)] == [Lost(now=closed.pairing)] * 23
    assert await counts(stage) == (1, 1, 1, 3)


async def test_a_close_races_with_an_end(stage: Stage) -> None:
    for _ in range(8):
        before = await stage.claimed()
        ended = failed(before)
        answers = await asyncio.gather(
            close(stage, before, person=None),
            stage.pairings.change(before, ended, news=news_of(ended), record=None),
        )
        assert sum(isinstance(answer, Lost) for answer in answers) == 1


async def test_no_verdict_after_expiry_by_the_databases_clock(stage: Stage) -> None:
    gone = replace(a_pairing(), expires_at=now() - timedelta(milliseconds=5))
    before = await stage.opened(gone)
    answer = await stage.pairings.close(
        before,
        verified(claimed(before)),
        record=a_record(before),
        news=news_of(before),
    )
    assert answer == Lost(now=before)
    assert await counts(stage) == (0, 0, 0, 1)


async def test_a_person_is_live_once(stage: Stage) -> None:
    pairings = [await stage.claimed() for _ in range(8)]
    before = await counts(stage)
    answers = await asyncio.gather(*(close(stage, one) for one in pairings))
    (closed,) = (answer for answer in answers if isinstance(answer, Closed))
    others = [answer for answer in answers if isinstance(answer, PersonLive)]
    assert others == [PersonLive(other=closed.pairing)] * 7
    assert await counts(stage) == (1, 1, 1, before[3] + 1)
    for one in pairings:
        found = await stage.pairings.by_id(TENANT, one.id)
        assert found == (closed.pairing if one.id == closed.pairing.id else one)


async def test_another_tenant_has_persons_of_its_own(stage: Stage) -> None:
    here = await stage.claimed()
    there = await stage.claimed(replace(a_pairing(), tenant=TenantId("another")))
    assert isinstance(await close(stage, here), Closed)
    after = verified(there)
    record = a_record(there, tenant=there.tenant)
    answer = await stage.pairings.close(there, after, record=record, news=news_of(after))
    assert isinstance(answer, Closed)
    assert answer.evidence.seq == 1
    with pytest.raises(ValueError, match="another tenant"):
        await stage.pairings.close(there, after, record=a_record(there), news=news_of(after))


async def test_unknown_persons_do_not_meet(stage: Stage) -> None:
    for _ in range(2):
        assert isinstance(await close(stage, await stage.claimed(), person=None), Closed)


async def test_a_second_tap_in_one_call_is_no_conflict(stage: Stage) -> None:
    first = await stage.claimed()
    assert isinstance(await close(stage, first), Closed)
    second = await stage.claimed(a_pairing(call=first.call_ref))
    assert isinstance(await close(stage, second), Closed)
    third = await stage.claimed()
    answer = await close(stage, third)
    assert isinstance(answer, PersonLive)
    assert answer.other.id == second.id


async def test_a_live_row_ends_with_the_call(stage: Stage) -> None:
    first, second = await stage.claimed(), await stage.claimed()
    assert isinstance(await close(stage, first), Closed)
    await stage.pairings.call_over(TENANT, second.call_ref)
    assert isinstance(await close(stage, second), PersonLive)
    await stage.pairings.call_over(TENANT, first.call_ref)
    assert isinstance(await close(stage, second), Closed)


async def test_a_live_row_ends_with_its_time(stage: Stage) -> None:
    first, second = await stage.claimed(), await stage.claimed()
    after = verified(first)
    assert after.verdict is not None
    old = replace(after, verdict=replace(after.verdict, at=now() - RESULT_LIVES))
    answer = await stage.pairings.close(first, old, record=a_record(first), news=news_of(old))
    assert isinstance(answer, Closed)
    assert isinstance(await close(stage, second), Closed)


async def test_a_nonce_is_consumed_once(stage: Stage) -> None:
    first, second = await stage.claimed(), await stage.claimed()
    assert isinstance(await close(stage, first, person="a"), Closed)
    stolen = replace(verified(second, person="b"), statement=first.statement)
    untouched = await counts(stage)
    with pytest.raises(IntegrityError):
        await stage.pairings.close(second, stolen, record=a_record(second), news=news_of(stolen))
    assert await counts(stage) == untouched
    assert await stage.pairings.by_id(TENANT, second.id) == second


class BrokenOutbox(Outbox):
    """Fails after everything else was written, as a crash before the commit would."""

    async def append(self, *_: object, **__: object) -> None:
        raise OSError("gone")


async def test_a_verdict_that_cannot_be_told_is_none(stage: Stage) -> None:
    before = await stage.claimed()
    untouched = await counts(stage)
    broken = SqlPairings(
        stage.database,
        stage.sealer,
        BrokenOutbox(stage.database),
        result_lives=RESULT_LIVES,
    )
    after = verified(before)
    with pytest.raises(OSError, match="gone"):
        await broken.close(before, after, record=a_record(before), news=news_of(after))
    assert await counts(stage) == untouched
    assert await stage.pairings.by_id(TENANT, before.id) == before
    assert isinstance(await close(stage, before), Closed)


async def test_close_wants_a_verdict_and_a_statement(stage: Stage) -> None:
    before = await stage.opened()
    complete = verified(before)
    for after in (complete, replace(verified(claimed(before)), verdict=None), claimed(before)):
        with pytest.raises(ValueError, match=r"close moves|a complete pairing has"):
            await stage.pairings.close(before, after, record=a_record(before), news=news_of(after))


class TestSuperseding:
    async def test_both_end_and_the_person_is_free(self, stage: Stage) -> None:
        earlier, mine = await stage.claimed(), await stage.claimed()
        closed = await close(stage, earlier)
        assert isinstance(closed, Closed)
        assert await self._supersede(stage, mine, closed.pairing, both=True)
        assert await self._statuses(stage, earlier, mine) == [Status.FAILED, Status.FAILED]
        assert (await counts(stage))[2] == 0
        rows = [row async for row in stage.evidence.all(TENANT)]
        assert len(rows) == 3
        assert first_bad(rows) is None

    async def test_only_the_earlier_ends_and_mine_closes(self, stage: Stage) -> None:
        earlier, mine = await stage.claimed(), await stage.claimed()
        closed = await close(stage, earlier)
        assert isinstance(closed, Closed)
        assert await self._supersede(stage, mine, closed.pairing, both=False)
        assert isinstance(await close(stage, mine), Closed)
        assert await self._statuses(stage, earlier, mine) == [Status.FAILED, Status.COMPLETE]

    async def test_when_one_was_changed_neither_ends(self, stage: Stage) -> None:
        earlier, mine = await stage.claimed(), await stage.claimed()
        closed = await close(stage, earlier)
        assert isinstance(closed, Closed)
        ended = failed(mine)
        await stage.pairings.change(mine, ended, news=news_of(ended), record=None)
        untouched = await counts(stage)
        assert not await self._supersede(stage, mine, closed.pairing, both=True)
        assert await self._statuses(stage, earlier) == [Status.COMPLETE]
        assert await counts(stage) == untouched

    async def test_two_of_the_same_have_one_winner(self, stage: Stage) -> None:
        earlier, mine = await stage.claimed(), await stage.claimed()
        closed = await close(stage, earlier)
        assert isinstance(closed, Closed)
        won = await asyncio.gather(
            *(self._supersede(stage, mine, closed.pairing, both=True) for _ in range(6))
        )
        assert sorted(won) == [False] * 5 + [True]

    async def _supersede(self, stage: Stage, mine: Pairing, other: Pairing, *, both: bool) -> bool:
        ended = [(other, failed(other))] + ([(mine, failed(mine))] if both else [])
        return await stage.pairings.supersede(
            mine=mine,
            mine_after=failed(mine) if both else None,
            other=other,
            other_after=failed(other),
            records=[a_record(before) for before, _ in ended],
            news=[news_of(after) for _, after in ended],
        )

    async def _statuses(self, stage: Stage, *pairings: Pairing) -> list[Status]:
        found = [await stage.pairings.by_id(TENANT, one.id) for one in pairings]
        return [one.status for one in found if one]
