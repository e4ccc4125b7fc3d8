"""Card, person, contract and evidence: together or not at all, and what waits decided once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from identity.contract_holders.model import Holder
from identity.contract_holders.ports import Settled
from identity.contract_holders.waiting import Wait
from identity.pairing.model import PersonId
from identity.pairing.ports import Closed
from stores.sql.engines.connection import Connection
from stores.sql.enrolments import SqlEnrolments, Taken
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.pairings.alarms import SqlCardHolds
from stores.sql.pairings.forgetting import Forgetting
from stores.sql.schema.identity_side import waiting_enrolments
from tests.ports.holders.waits import CARD, a_holder, a_tie, a_wait, written
from tests.ports.stage import TENANT, Stage, a_record, hash_phone, news_of, now, verified

ONE, OTHER = CARD, b"2" * 32
FREE, HELD = a_holder("C-1"), a_holder("C-2", "p-2")


@pytest.fixture
async def holders(stage: Stage) -> SqlHolders:
    made = SqlHolders(stage.database, stage.sealer, hash_phone=hash_phone)
    await made.replace_all(TENANT, [FREE, HELD])
    return made


@pytest.fixture
def enrolments(stage: Stage, holders: SqlHolders) -> SqlEnrolments:
    return SqlEnrolments(stage.database, stage.sealer)


async def person(holders: SqlHolders, contract: str) -> str:
    found = await holders.by_contract(TENANT, contract)
    assert found is not None
    return found.person


async def rows(stage: Stage) -> int:
    return len([row async for row in stage.evidence.all(TENANT)])


async def approve(enrolments: SqlEnrolments, wait: Wait) -> Settled:
    return await enrolments.approve(TENANT, wait, held=("p-1", "u-1"), record=a_record())


@pytest.mark.parametrize(
    ("card", "contract", "given", "done"),
    [
        (ONE, "C-1", "p-1", True),
        (ONE, "C-2", "p-2", True),  # the card of somebody who is enrolled for it
        (ONE, "C-2", "p-1", False),  # the contract is another person's
        (OTHER, "C-1", "p-1", False),  # the card is another person's
        (OTHER, "C-1", "p-other", True),
        (ONE, "C-none", "p-1", False),
    ],
)
async def test_all_or_nothing(
    stage: Stage, holders: SqlHolders, card: bytes, contract: str, given: str, done: bool
) -> None:
    linkage = SqlLinkage(stage.database)
    await linkage.link(TENANT, OTHER, "p-other")
    tie = a_tie(HELD if contract == "C-2" else replace(FREE, contract_ref=contract), given, card)
    if done:
        await written(stage, tie)
    else:
        with pytest.raises(Taken):
            await written(stage, tie)
    assert await linkage.person_of(TENANT, ONE) == (given if done and card == ONE else None)
    assert await person(holders, "C-1") == (given if done and contract == "C-1" else "")
    assert await person(holders, "C-2") == "p-2"


@pytest.mark.parametrize(
    ("change", "done"),
    [
        ({"display_name": "太郎"}, False),
        ({"birth_date": "1970-01-01"}, False),
        ({"address": "茜県1"}, False),
        ({"phones": ("+819012340001",)}, True),
        ({"person": "p-1"}, True),  # the same person, quicker at another desk
    ],
)
async def test_a_contract_that_was_imported_anew_since_it_was_compared(
    stage: Stage, holders: SqlHolders, change: dict[str, Any], done: bool
) -> None:
    tie = a_tie(FREE, "p-1")
    await holders.replace_all(TENANT, [replace(FREE, **change)])
    if done:
        await written(stage, tie)
    else:
        with pytest.raises(Taken):
            await written(stage, tie)
    assert await SqlLinkage(stage.database).person_of(TENANT, ONE) == ("p-1" if done else None)
    assert await person(holders, "C-1") == ("p-1" if done else "")


async def test_one_of_several_who_enrol_for_a_contract_at_once(
    stage: Stage, holders: SqlHolders
) -> None:
    ties = [a_tie(FREE, f"p-{n}", bytes([n]) * 32) for n in range(4)]
    answers = await asyncio.gather(*(written(stage, tie) for tie in ties), return_exceptions=True)
    assert [type(answer) for answer in answers].count(Taken) == 3
    assert await person(holders, "C-1") == f"p-{answers.index(None)}"


async def test_what_waits_is_as_it_was_written_oldest_first(
    stage: Stage, enrolments: SqlEnrolments
) -> None:
    older = a_wait(HELD, pairing="w-2", at=now() - timedelta(hours=1))
    newer = a_wait(FREE)
    over = a_wait(FREE, pairing="w-3", card=OTHER, at=now() - timedelta(days=8))
    for wait in (newer, older, over):
        await written(stage, wait)
    assert await enrolments.waiting(TENANT) == [older, newer]
    assert await approve(enrolments, over) is Settled.GONE
    await Forgetting(stage.database).turn()
    assert not await enrolments.end(TENANT, over, record=a_record())
    assert await enrolments.waiting(TENANT) == [older, newer]


async def test_one_that_does_not_open_keeps_no_other_from_being_decided(
    stage: Stage, enrolments: SqlEnrolments
) -> None:
    broken, good = a_wait(FREE), a_wait(HELD, pairing="w-2")
    for wait in (broken, good):
        await written(stage, wait)

    async def spoil(connection: Connection) -> None:
        mine = waiting_enrolments.c.id == broken.id
        await connection.execute(update(waiting_enrolments).where(mine).values(private=b"spoilt"))

    await stage.database.write(spoil)
    assert await enrolments.waiting(TENANT) == [good]


async def test_a_card_waits_once_for_a_contract(stage: Stage, enrolments: SqlEnrolments) -> None:
    first, again = a_wait(FREE), a_wait(FREE, pairing="w-2")
    other_card = a_wait(FREE, pairing="w-3", card=OTHER)
    for wait in (first, again, other_card):
        await written(stage, wait)
    assert {wait.id for wait in await enrolments.waiting(TENANT)} == {"w-2", "w-3"}
    assert await approve(enrolments, first) is Settled.GONE
    # The texts fit by now: what waited for this card and contract is done.
    await written(stage, a_tie(FREE, "p-1"))
    assert await enrolments.waiting(TENANT) == [other_card]
    assert await approve(enrolments, other_card) is Settled.CHANGED


async def test_an_approval_ties_once(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    """Two seconds at the same moment."""
    wait = a_wait(FREE)
    await written(stage, wait)
    before = await rows(stage)
    answers = await asyncio.gather(approve(enrolments, wait), approve(enrolments, wait))
    assert sorted(answer.value for answer in answers) == ["done", "gone"]
    assert await rows(stage) == before + 1
    assert await person(holders, "C-1") == "p-1"
    assert await SqlLinkage(stage.database).person_of(TENANT, ONE) == "p-1"
    assert await enrolments.waiting(TENANT) == []


async def test_two_cards_that_wait_for_one_contract(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    waits = [
        a_wait(FREE, pairing=f"w-{n}", card=bytes([n]) * 32, person=f"p-{n}") for n in range(2)
    ]
    for wait in waits:
        await written(stage, wait)
    answers = await asyncio.gather(*(approve(enrolments, wait) for wait in waits))
    assert sorted(answer.value for answer in answers) == ["changed", "done"]
    assert await person(holders, "C-1") == f"p-{answers.index(Settled.DONE)}"


@pytest.mark.parametrize(
    ("changed", "contract"),
    [
        (replace(FREE, display_name="華子"), "C-1"),
        (replace(FREE, birth_date="1956-04-13"), "C-1"),
        (replace(FREE, address="霞県"), "C-1"),
        (replace(FREE, former_addresses=()), "C-1"),
        (replace(FREE, person="p-9"), "C-1"),
        (None, "C-none"),
    ],
)
async def test_a_contract_that_changed_meanwhile_is_not_tied(
    stage: Stage,
    holders: SqlHolders,
    enrolments: SqlEnrolments,
    changed: Holder | None,
    contract: str,
) -> None:
    wait = a_wait(replace(FREE, contract_ref=contract))
    await written(stage, wait)
    if changed is not None:
        await holders.replace_all(TENANT, [changed])
    before = await rows(stage)
    assert await approve(enrolments, wait) is Settled.CHANGED
    assert await rows(stage) == before
    assert await SqlLinkage(stage.database).person_of(TENANT, ONE) is None
    assert await enrolments.waiting(TENANT) == [wait]
    assert await enrolments.end(TENANT, wait, record=a_record())
    assert not await enrolments.end(TENANT, wait, record=a_record())
    assert await rows(stage) == before + 1


async def test_numbers_that_changed_are_no_change(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    wait = a_wait(FREE)
    await written(stage, wait)
    await holders.replace_all(TENANT, [replace(FREE, phones=("+819012340001",))])
    assert await approve(enrolments, wait) is Settled.DONE


@pytest.mark.parametrize("held", ["p-1", "u-1"])
async def test_t11_a_held_card_is_not_tied(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments, held: str
) -> None:
    """Under its person to be, or under what it went by before anybody knew it."""
    wait = a_wait(FREE)
    await written(stage, wait)
    holds = SqlCardHolds(stage.database)
    await holds.hold(TENANT, PersonId(held), until=now() - timedelta(minutes=1))
    await holds.hold(TENANT, PersonId("p-9"), until=now() + timedelta(hours=1))
    await holds.hold(TENANT, PersonId(held), until=now() + timedelta(hours=1))
    assert await approve(enrolments, wait) is Settled.DISOWNED
    assert await person(holders, "C-1") == ""


async def test_what_its_holder_repudiates_waits_for_nobody(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    """Also after the day for which the card is held."""
    before = await stage.claimed()
    after = verified(before)
    closed = await stage.pairings.close(before, after, record=a_record(after), news=news_of(after))
    assert isinstance(closed, Closed)
    wait = a_wait(FREE, pairing=before.id)
    await written(stage, wait)
    assert await enrolments.waiting(TENANT) == [wait]
    disowned = replace(closed.pairing, repudiated_at=now())
    await stage.pairings.change(closed.pairing, disowned, news=news_of(disowned), record=None)
    assert await enrolments.waiting(TENANT) == []
    assert await approve(enrolments, wait) is Settled.DISOWNED
    assert await person(holders, "C-1") == ""


@pytest.mark.parametrize(
    ("of", "since", "settled"),
    [
        ("p-1", timedelta(minutes=1), Settled.DISOWNED),
        ("u-1", timedelta(minutes=1), Settled.DISOWNED),
        ("p-9", timedelta(minutes=1), Settled.DONE),
        ("p-1", timedelta(minutes=-1), Settled.DONE),  # what was said before, the tap came after
    ],
)
async def test_t11_what_was_said_of_another_use_of_the_card_outlasts_its_hold(
    stage: Stage, enrolments: SqlEnrolments, of: str, since: timedelta, settled: Settled
) -> None:
    before = await stage.claimed()
    after = verified(before, person=of)
    closed = await stage.pairings.close(before, after, record=a_record(after), news=news_of(after))
    assert isinstance(closed, Closed)
    wait = a_wait(FREE)
    await written(stage, wait)
    disowned = replace(closed.pairing, repudiated_at=wait.at + since)
    await stage.pairings.change(closed.pairing, disowned, news=news_of(disowned), record=None)
    assert await approve(enrolments, wait) is settled


async def test_a_wait_that_is_over_goes_a_day_later(
    stage: Stage, enrolments: SqlEnrolments
) -> None:
    wait = a_wait(FREE)
    await written(stage, wait)
    for ago, left in ((timedelta(hours=23), 0), (timedelta(hours=25), 1)):

        async def job(connection: Connection, until: object = now() - ago) -> int:
            aged = update(waiting_enrolments).values(until=until)
            return (await connection.execute(aged)).rowcount

        assert await stage.database.write(job) == 1
        assert await Forgetting(stage.database).turn() == left


@pytest.mark.parametrize("by", ["two people", "a card"])
async def test_a_tie_to_confirm_is_confirmed(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments, by: str
) -> None:
    married = replace(HELD, person="", display_name="月野 花子")
    assert await holders.replace_all(TENANT, [married]) == ["C-2"]
    if by == "a card":
        await written(stage, a_tie(married, "p-2"))
    else:
        assert await enrolments.give(TENANT, contract_ref="C-2", person="p-2", record=a_record())
    assert await holders.by_contract(TENANT, "C-2") == replace(married, person="p-2")


async def test_a_tie_is_undone_with_its_evidence_or_not_at_all(
    stage: Stage, holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    married = replace(HELD, person="", display_name="月野 花子")
    await holders.replace_all(TENANT, [married])
    wrong, right = a_record(), a_record()
    for contract, theirs, record, done in (
        ("C-2", "p-1", wrong, False),
        ("C-none", "p-2", wrong, False),
        ("C-2", "p-2", right, True),
        ("C-2", "p-2", wrong, False),
    ):
        answer = await enrolments.untie(TENANT, contract_ref=contract, person=theirs, record=record)
        assert answer is done
    assert await holders.by_contract(TENANT, "C-2") == married
    assert [row.record.id async for row in stage.evidence.all(TENANT)] == [right.id]


async def test_a_contract_is_given_without_a_card(
    holders: SqlHolders, enrolments: SqlEnrolments
) -> None:
    for contract, given, done in (
        ("C-1", "p-2", True),
        ("C-1", "p-2", True),
        ("C-2", "p-1", False),
        ("C-none", "p-2", False),
    ):
        answer = await enrolments.give(
            TENANT, contract_ref=contract, person=given, record=a_record()
        )
        assert answer is done
    assert await person(holders, "C-1") == "p-2"
    assert await holders.by_contract(TENANT, "C-1") == replace(FREE, person="p-2")
