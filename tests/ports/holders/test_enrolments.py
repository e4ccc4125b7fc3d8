"""Card, person, contract and evidence: together or not at all."""

import asyncio

import pytest

from identity.contract_holders.model import Holder
from stores.sql.enrolments import SqlEnrolments
from stores.sql.holders import SqlHolders, SqlLinkage
from tests.ports.stage import TENANT, Stage, a_record, hash_phone

ONE, OTHER = b"1" * 32, b"2" * 32


def a_holder(contract: str, person: str = "") -> Holder:
    return Holder(
        tenant=TENANT,
        contract_ref=contract,
        display_name="花子",
        phones=(),
        person=person,
        birth_date="1956-04-12",
        address="霞県風道市港町1",
        former_addresses=("茜県",),
    )


@pytest.fixture
async def holders(stage: Stage) -> SqlHolders:
    made = SqlHolders(stage.database, stage.sealer, hash_phone=hash_phone)
    await made.replace_all(TENANT, [a_holder("C-1"), a_holder("C-2", "p-2")])
    return made


async def person(holders: SqlHolders, contract: str) -> str:
    found = await holders.by_contract(TENANT, contract)
    assert found is not None
    return found.person


async def rows(stage: Stage) -> int:
    return len([row async for row in stage.evidence.all(TENANT)])


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
    enrolments = SqlEnrolments(stage.database)
    before = await rows(stage)
    answer = await enrolments.tie(
        TENANT, card_hash=card, contract_ref=contract, person=given, record=a_record()
    )
    assert answer is done
    assert await rows(stage) - before == int(done)
    assert await linkage.person_of(TENANT, ONE) == (given if done and card == ONE else None)
    assert await person(holders, "C-1") == (given if done and contract == "C-1" else "")
    assert await person(holders, "C-2") == "p-2"


async def test_one_of_two_who_enrol_for_a_contract_at_once(
    stage: Stage, holders: SqlHolders
) -> None:
    enrolments = SqlEnrolments(stage.database)
    answers = await asyncio.gather(
        *(
            enrolments.tie(
                TENANT,
                card_hash=bytes([n]) * 32,
                contract_ref="C-1",
                person=f"p-{n}",
                record=a_record(),
            )
            for n in range(4)
        )
    )
    assert sum(answers) == 1
    assert await person(holders, "C-1") == f"p-{answers.index(True)}"


async def test_a_contract_is_given_without_a_card(stage: Stage, holders: SqlHolders) -> None:
    enrolments = SqlEnrolments(stage.database)
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
    found = await holders.by_contract(TENANT, "C-1")
    assert found == a_holder("C-1", "p-2")
