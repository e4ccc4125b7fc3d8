"""The port `Pairings` where there is no call: desks side by side, one claim, one end with what an
enrolment writes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from identity.contract_holders.model import Holder, Target, Tie
from identity.pairing.model import (
    NO_CALL,
    DeskCheck,
    DeskKind,
    EnrolmentFound,
    InstallationId,
    Mode,
    Pairing,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import CallBusy, Closed, EnrolmentTaken, Lost, PersonLive
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.schema.identity_side import consumed_nonces, live_verdicts, outbox, pairings
from tests.ports.holders.waits import CARD, a_holder, a_tie
from tests.ports.stage import (
    TENANT,
    Stage,
    a_pairing,
    a_record,
    claimed,
    failed,
    hash_phone,
    news_of,
    now,
    verified,
)

CHECK = DeskCheck(kind=DeskKind.BUSINESS, begun_by="tanaka", target=Target(contract="C-1"))
ENROLMENT = DeskCheck(
    kind=DeskKind.ENROLMENT, begun_by="tanaka", target=Target(phone="+819012340001")
)
TIE = a_tie(a_holder("C-1"), "p-1")


def at_a_desk(desk: DeskCheck = CHECK) -> Pairing:
    made = a_pairing()
    return replace(
        made,
        call=replace(made.call, call_ref=NO_CALL, line=""),
        mode=Mode.DESK,
        desk=desk,
        started_by_operator=True,
    )


async def claim(stage: Stage, before: Pairing, by: str = "reader-1") -> Pairing | Lost | CallBusy:
    after = claimed(replace(before, match=None), by=by)
    return await stage.pairings.claim_at_desk(before, after, news=news_of(after))


async def proven(stage: Stage, desk: DeskCheck = CHECK, by: str = "reader-1") -> Pairing:
    moved = await claim(stage, await stage.opened(at_a_desk(desk)), by)
    assert isinstance(moved, Pairing)
    return moved


async def close(
    stage: Stage, before: Pairing, tie: Tie | None = None, person: str = "p-1"
) -> Closed | Lost | PersonLive | EnrolmentTaken:
    after = verified(before, person=person)
    return await stage.pairings.close(
        before, after, record=a_record(before), news=news_of(after), enrolment=tie
    )


@pytest.fixture
async def holders(stage: Stage) -> SqlHolders:
    made = SqlHolders(stage.database, stage.sealer, hash_phone=hash_phone)
    await made.replace_all(TENANT, [a_holder("C-1"), a_holder("C-2", "p-2")])
    return made


async def person_of(holders: SqlHolders, contract: str) -> str:
    found: Holder | None = await holders.by_contract(TENANT, contract)
    assert found is not None
    return found.person


async def test_what_it_is_about_is_kept_and_comes_back(stage: Stage) -> None:
    found = EnrolmentFound(
        outcome="needs_approval", contract="C-1", compared={"name": "variant"}, waits=True
    )
    opened = await stage.opened(at_a_desk(replace(ENROLMENT, enrolment=found)))
    assert await stage.pairings.by_id(TENANT, opened.id) == opened


async def test_it_is_sealed_but_for_who_began_it(stage: Stage) -> None:
    await stage.opened(at_a_desk(ENROLMENT))
    async with stage.database.read() as connection:
        (row,) = (await connection.execute(select(pairings))).all()
    assert "+819012340001" not in f"{row.facts}{row.private!r}"
    assert row.facts["desk_begun_by"] == "tanaka"


async def test_many_desks_wait_side_by_side(stage: Stage) -> None:
    opened = [await stage.opened(at_a_desk()) for _ in range(3)]
    await stage.opened(a_pairing())
    newest = [one.id for one in reversed(opened)]
    for account, days, at_most, ids in (
        ("tanaka", -1, 9, newest),
        ("tanaka", -1, 2, newest[:2]),
        ("suzuki", -1, 9, []),
        ("tanaka", 1, 9, []),
    ):
        since = now() + timedelta(days)
        found = await stage.pairings.begun_at_desk(TENANT, account, since=since, at_most=at_most)
        assert [one.id for one in found] == ids


async def test_one_winner(stage: Stage) -> None:
    opened = await stage.opened(at_a_desk())
    answers = await asyncio.gather(*(claim(stage, opened, f"reader-{n}") for n in range(4)))
    won = [one for one in answers if isinstance(one, Pairing)]
    assert len(won) == 1
    lost = [one for one in answers if isinstance(one, Lost)]
    assert [one.now for one in lost] == won * 3


async def test_an_installation_has_one_at_a_time(stage: Stage) -> None:
    first = await proven(stage)
    second = await stage.opened(at_a_desk())
    assert await claim(stage, second) == CallBusy(pairing=first)
    assert isinstance(await claim(stage, second, "reader-2"), Pairing)
    ended = failed(first, Hint.USER_CANCELLED)
    await stage.pairings.change(first, ended, news=news_of(ended), record=None)
    assert isinstance(await claim(stage, await stage.opened(at_a_desk())), Pairing)


async def test_two_codes_claimed_at_once_by_one_reader(stage: Stage) -> None:
    opened = [await stage.opened(at_a_desk()) for _ in range(2)]
    answers = await asyncio.gather(*(claim(stage, one) for one in opened))
    assert sorted(type(one).__name__ for one in answers) == ["CallBusy", "Pairing"]


async def test_after_its_time_nobody_claims_it(stage: Stage) -> None:
    made = at_a_desk()
    late = replace(made, claim_by=made.opened_at - timedelta(seconds=1))
    answer = await claim(stage, await stage.opened(late))
    assert isinstance(answer, Lost)
    assert answer.now.claimed_by is None


@pytest.mark.parametrize("wrong", ["claimed", "a call's", "ended"])
async def test_only_a_claim_is_one(stage: Stage, wrong: str) -> None:
    before = await stage.opened(a_pairing() if wrong == "a call's" else at_a_desk())
    after = claimed(replace(before, match=None))
    if wrong == "claimed":
        before = replace(before, claimed_by=InstallationId("reader-1"))
    if wrong == "ended":
        after = failed(after, Hint.BY_OPERATOR)
    with pytest.raises(ValueError, match="desk"):
        await stage.pairings.claim_at_desk(before, after, news=news_of(after))


async def test_a_verdict_without_a_call_is_no_live_one(stage: Stage) -> None:
    called = await stage.claimed()
    assert isinstance(await close(stage, called), Closed)
    assert isinstance(await close(stage, await proven(stage)), Closed)
    async with stage.database.read() as connection:
        live = (await connection.execute(select(live_verdicts.c.pairing_id))).scalars().all()
    assert live == [called.id]


async def test_person_and_contract_are_tied_with_the_end(stage: Stage, holders: SqlHolders) -> None:
    done = await close(stage, await proven(stage, ENROLMENT), TIE)
    assert isinstance(done, Closed)
    assert await person_of(holders, "C-1") == "p-1"
    assert await SqlLinkage(stage.database).person_of(TENANT, CARD) == "p-1"
    assert len([row async for row in stage.evidence.all(TENANT)]) == 1


async def test_nothing_is_written_when_somebody_was_quicker(
    stage: Stage, holders: SqlHolders
) -> None:
    before = await proven(stage, ENROLMENT)
    told = await _count(stage)
    taken = await close(stage, before, a_tie(a_holder("C-2"), "p-1"))
    assert taken == EnrolmentTaken()
    assert await stage.pairings.by_id(TENANT, before.id) == before
    assert await SqlLinkage(stage.database).person_of(TENANT, CARD) is None
    assert [row async for row in stage.evidence.all(TENANT)] == []
    assert await _count(stage) == told
    # The same nonce still serves the end that follows.
    ended = failed(before, Hint.PERSON_MISMATCH)
    answer = await stage.pairings.change(
        before, ended, news=news_of(ended), record=a_record(before)
    )
    assert isinstance(answer, Closed)
    assert answer.pairing.status is Status.FAILED


async def test_two_desks_tie_one_contract_at_once(stage: Stage, holders: SqlHolders) -> None:
    ties = [replace(TIE, card_hash=bytes([n]) * 32, person=f"p-{n}") for n in (7, 8)]
    waiting = [await proven(stage, ENROLMENT, by) for by in ("reader-1", "reader-2")]
    answers = await asyncio.gather(
        *(close(stage, one, tie, tie.person) for one, tie in zip(waiting, ties, strict=True))
    )
    assert sorted(type(one).__name__ for one in answers) == ["Closed", "EnrolmentTaken"]
    assert await person_of(holders, "C-1") in {"p-7", "p-8"}


async def _count(stage: Stage) -> tuple[int, int]:
    async with stage.database.read() as connection:
        counted = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (outbox, consumed_nonces)
        ]
    return counted[0], counted[1]
