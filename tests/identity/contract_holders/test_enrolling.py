"""What comes of an enrolment: each outcome by itself."""

import pytest

from identity.contract_holders.comparing import Attribute, Compared, Comparison, Finding
from identity.contract_holders.enrolling import Outcome, decide
from identity.contract_holders.model import Holder, Person
from tests.identity.pairing.world import TENANT

NEW, KNOWN = Person(id="u-1", enrolled=False), Person(id="p-1", enrolled=True)


def holder(ref: str = "K-1", person: str = "") -> Holder:
    return Holder(tenant=TENANT.id, contract_ref=ref, display_name="花子", phones=(), person=person)


def compared(**findings: str) -> Comparison:
    said = {"name": "same", "birth_date": "same", "address": "same"} | findings
    one = {n: Compared(attribute=Attribute(n), finding=Finding(f)) for n, f in said.items()}
    return Comparison(name=one["name"], birth_date=one["birth_date"], address=one["address"])


FITS, MOVED = compared(name="variant", address="former"), compared(address="different")
OTHER, OTHER_BIRTH = compared(name="different"), compared(birth_date="different")
UNTOLD = compared(name="untold")
ONLY_A_NAME = compared(birth_date="not_known", address="not_known")
ONLY_AN_ADDRESS = compared(name="not_known", birth_date="not_known")


@pytest.mark.parametrize(
    ("held", "found", "person", "outcome"),
    [
        ("", FITS, NEW, "enrolled"),
        ("", FITS, KNOWN, "enrolled"),  # another contract of a known person
        ("", UNTOLD, NEW, "needs_approval"),
        ("", MOVED, NEW, "needs_approval"),
        ("", MOVED, KNOWN, "needs_approval"),
        ("", OTHER, NEW, "wrong_holder"),
        ("", OTHER_BIRTH, NEW, "wrong_holder"),
        ("", OTHER, KNOWN, "someone_elses_card"),
        ("", ONLY_A_NAME, NEW, "needs_approval"),
        ("", ONLY_AN_ADDRESS, NEW, "nothing_to_compare"),
        ("", ONLY_AN_ADDRESS, KNOWN, "nothing_to_compare"),
        ("p-2", ONLY_AN_ADDRESS, NEW, "nothing_to_compare"),
        ("p-1", ONLY_AN_ADDRESS, KNOWN, "already_enrolled"),
        ("p-1", FITS, KNOWN, "already_enrolled"),
        ("p-1", OTHER, KNOWN, "already_enrolled"),  # a name that was changed
        ("p-2", FITS, KNOWN, "someone_elses_card"),
        ("p-2", FITS, NEW, "needs_approval"),  # renewed, and no feed says so
        ("p-2", OTHER, NEW, "wrong_holder"),
    ],
)
def test_one_contract(held: str, found: Comparison, person: Person, outcome: str) -> None:
    decided = decide([(holder(person=held), found)], person)
    assert decided.outcome is Outcome(outcome)
    assert decided.comparison is found


@pytest.mark.parametrize(
    ("found", "outcome", "contract"),
    [
        ([], "nobody", None),
        ([OTHER, OTHER_BIRTH], "nobody", None),
        ([FITS, OTHER], "enrolled", "K-0"),
        ([OTHER, MOVED], "needs_approval", "K-1"),
        ([FITS, FITS], "two_candidates", None),  # two of one name and one birth date
        ([FITS, MOVED], "two_candidates", None),
        ([FITS, FITS, OTHER], "two_candidates", None),
    ],
)
def test_several_contracts(found: list[Comparison], outcome: str, contract: str | None) -> None:
    candidates = [(holder(f"K-{n}"), one) for n, one in enumerate(found)]
    decided = decide(candidates, NEW)
    assert decided.outcome is Outcome(outcome)
    assert (decided.holder and decided.holder.contract_ref) == contract


@pytest.mark.parametrize(
    ("found", "outcome", "contract"),
    [
        ([("p-1", FITS), ("", OTHER)], "already_enrolled", "K-0"),
        ([("", OTHER), ("p-1", OTHER)], "already_enrolled", "K-1"),  # a name that was changed
        ([("p-1", FITS), ("p-2", FITS)], "already_enrolled", "K-0"),  # theirs, and a namesake's
        ([("p-1", FITS), ("", FITS)], "enrolled", "K-1"),  # a further contract
        ([("p-1", FITS), ("", MOVED)], "needs_approval", "K-1"),
        ([("p-1", FITS), ("", FITS), ("", FITS)], "two_candidates", None),
        ([("p-2", FITS), ("p-2", OTHER)], "someone_elses_card", "K-0"),
    ],
)
def test_several_contracts_of_a_person_who_is_known(
    found: list[tuple[str, Comparison]], outcome: str, contract: str | None
) -> None:
    candidates = [(holder(f"K-{n}", person), one) for n, (person, one) in enumerate(found)]
    decided = decide(candidates, KNOWN)
    assert decided.outcome is Outcome(outcome)
    assert (decided.holder and decided.holder.contract_ref) == contract
