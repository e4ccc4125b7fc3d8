"""What comes of a real card and the contracts, and what has to be written for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.contract_holders.enrolling import WAITS, Outcome, Weighed
from identity.contract_holders.hashes import card_hash
from identity.contract_holders.model import Holder, Tie
from identity.contract_holders.waiting import Wait, mark_of
from identity.verification.ports import RevocationSubject
from stand_ins.jpki.people import PEOPLE
from tests.identity.contract_holders.office import HANAKO, Feed, Office, a_card
from tests.identity.jpki.synthetic import NOW
from tests.identity.pairing.world import LINE, TENANT


@pytest.mark.parametrize("named", [{"contract": "K-hanako"}, {"phone": LINE}])
async def test_a_card_that_fits(named: dict[str, str]) -> None:
    card = await a_card()
    office = Office(HANAKO, replace(HANAKO, contract_ref="K-ken", display_name="高浜 健"))
    found = await office.weigh(card, **named)
    assert found.outcome is Outcome.ENROLLED
    assert found.holder == HANAKO
    assert isinstance(found.write, Tie)
    assert found.write.contract_ref == "K-hanako"
    assert found.write.card_hash == card_hash(TENANT, card.linkage_key)
    assert found.write.person.startswith("p-")
    assert office.linkage.rows == {}


async def test_another_contract_of_a_person_who_is_known() -> None:
    card = await a_card()
    office = Office(HANAKO)
    office.knows(card, "p-hanako")
    found = await office.weigh(card, contract="K-hanako")
    assert found.outcome is Outcome.ENROLLED
    assert isinstance(found.write, Tie)
    assert found.write.person == "p-hanako"


@pytest.mark.parametrize(
    ("contract", "person"), [(replace(HANAKO, address="茜県1"), ""), (HANAKO, "p-hanako")]
)
async def test_what_waits_has_all_that_is_asked_again(contract: Holder, person: str) -> None:
    """Moved, or a card that nobody ties to the contract's person."""
    contract = replace(contract, person=person)
    card = await a_card()
    found = await Office(contract).weigh(card, contract="K-hanako")
    assert found.outcome is Outcome.NEEDS_APPROVAL
    wait = found.write
    assert isinstance(wait, Wait)
    assert wait.person == person or (not person and wait.person.startswith("p-"))
    assert (wait.id, wait.begun_by, wait.other_card) == ("pairing-1", "sato", bool(person))
    assert (wait.at, wait.until - wait.at) == (NOW, WAITS)
    assert timedelta(days=7) == WAITS
    assert wait.contract_mark == mark_of(contract)
    assert wait.certificate == RevocationSubject.of(card)
    assert wait.certificate.distribution_points
    assert found.comparison is not None
    assert wait.compared == found.comparison.as_facts()


async def test_a_renewed_card_stays_the_persons_where_the_authority_says_so() -> None:
    old, renewed = await a_card(serial=5), await a_card(serial=6)
    office = Office(replace(HANAKO, person="p-hanako"), feed=Feed(5, 6))
    office.knows(old, "p-hanako")
    found = await office.weigh(renewed, contract="K-hanako")
    assert found.outcome is Outcome.ALREADY_ENROLLED
    assert found.write is None


@pytest.mark.parametrize(
    ("contract", "card", "outcome"),
    [
        (HANAKO, "ken", Outcome.WRONG_HOLDER),
        (replace(HANAKO, contract_ref="K-other"), "hanako", Outcome.NOBODY),
        (
            replace(HANAKO, display_name="〓〓〓〓", birth_date=""),
            "hanako",
            Outcome.NOTHING_TO_COMPARE,
        ),
    ],
)
async def test_what_nobody_ties(contract: Holder, card: str, outcome: Outcome) -> None:
    found = await Office(contract).weigh(await a_card(person=PEOPLE[card]), contract="K-hanako")
    assert found.outcome is outcome
    assert found.write is None


async def test_two_contracts_with_one_number_that_both_fit() -> None:
    office = Office(HANAKO, replace(HANAKO, contract_ref="K-2"))
    found = await office.weigh(await a_card(), phone=LINE)
    assert (found.outcome, found.holder, found.write) == (Outcome.TWO_CANDIDATES, None, None)


async def test_somebody_elses_card() -> None:
    card = await a_card()
    office = Office(replace(HANAKO, person="p-other"))
    office.knows(card, "p-hanako")
    found = await office.weigh(card, contract="K-hanako")
    assert (found.outcome, found.write) == (Outcome.SOMEONE_ELSES_CARD, None)


async def test_only_a_signature_certificate_says_who_somebody_is() -> None:
    found = await Office(HANAKO).weigh(await a_card("auth"), contract="K-hanako")
    assert found == Weighed(outcome=Outcome.NO_ATTRIBUTES)
