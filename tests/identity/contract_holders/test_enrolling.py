"""What comes of an enrolment: each outcome by itself, and what two people may settle."""

from dataclasses import replace

import pytest

from identity.contract_holders.comparing import Attribute, Compared, Comparison, Finding
from identity.contract_holders.enrolling import Approval, Outcome, decide
from identity.contract_holders.model import Holder, Person
from tests.identity.pairing.world import TENANT

NEW, KNOWN = Person(id="u-1", enrolled=False), Person(id="p-1", enrolled=True)
LOOKED = Approval(operator="sato", second="suzuki")


def holder(ref: str = "K-1", person: str = "") -> Holder:
    return Holder(tenant=TENANT.id, contract_ref=ref, display_name="花子", phones=(), person=person)


def compared(**findings: str) -> Comparison:
    said = {"name": "same", "birth_date": "same", "address": "same"} | findings
    one = {n: Compared(attribute=Attribute(n), finding=Finding(f)) for n, f in said.items()}
    return Comparison(name=one["name"], birth_date=one["birth_date"], address=one["address"])


FITS, MOVED = compared(name="variant", address="former"), compared(address="different")
OTHER, OTHER_BIRTH = compared(name="different"), compared(birth_date="different")
UNTOLD = compared(name="untold")


@pytest.mark.parametrize(
    ("held", "found", "person", "approval", "outcome"),
    [
        ("", FITS, NEW, None, "enrolled"),
        ("", FITS, KNOWN, None, "enrolled"),  # another contract of a known person
        ("", UNTOLD, NEW, None, "needs_approval"),
        ("", UNTOLD, NEW, LOOKED, "enrolled"),
        ("", MOVED, NEW, None, "needs_approval"),
        ("", MOVED, KNOWN, None, "needs_approval"),
        ("", MOVED, NEW, LOOKED, "enrolled"),
        ("", OTHER, NEW, None, "wrong_holder"),
        ("", OTHER, NEW, LOOKED, "wrong_holder"),
        ("", OTHER_BIRTH, NEW, LOOKED, "wrong_holder"),
        ("", OTHER, KNOWN, None, "someone_elses_card"),
        ("", OTHER, KNOWN, LOOKED, "someone_elses_card"),
        ("p-1", FITS, KNOWN, None, "already_enrolled"),
        ("p-1", OTHER, KNOWN, None, "already_enrolled"),  # a name that was changed
        ("p-2", FITS, KNOWN, LOOKED, "someone_elses_card"),
        ("p-2", FITS, NEW, None, "needs_approval"),  # renewed, and no feed says so
        ("p-2", FITS, NEW, LOOKED, "enrolled"),
        ("p-2", OTHER, NEW, LOOKED, "wrong_holder"),
    ],
)
def test_one_contract(
    held: str, found: Comparison, person: Person, approval: Approval | None, outcome: str
) -> None:
    decided = decide([(holder(person=held), found)], person, approval)
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
    decided = decide(candidates, NEW, None)
    assert decided.outcome is Outcome(outcome)
    assert (decided.holder and decided.holder.contract_ref) == contract
    if outcome == "two_candidates":
        assert decide(candidates, NEW, LOOKED).outcome is Outcome.TWO_CANDIDATES


@pytest.mark.parametrize(("operator", "second"), [("sato", "sato"), ("sato", ""), ("", "sato")])
def test_an_approval_has_two_people(operator: str, second: str) -> None:
    with pytest.raises(ValueError, match="two people"):
        Approval(operator=operator, second=second)
    assert replace(LOOKED, second="tanaka").second == "tanaka"
