"""What the steps of a proof have found, and how that ends its pairing."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from identity.contract_holders.enrolling import Outcome, Weighed
from identity.contract_holders.model import Contracts, Person, Tie
from identity.evidence_archive.recording import CardEvidence
from identity.jpki.anchors import Purpose
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.outcomes import COMPLETE, Hint
from identity.verification.model import ProvenCard
from identity.verification.refusals import Refused

ENROLMENT_ENDS: Final = {
    # outcome                     ends the pairing as
    Outcome.ENROLLED: Hint.VERIFIED,
    Outcome.ALREADY_ENROLLED: Hint.VERIFIED,
    Outcome.NEEDS_APPROVAL: Hint.VERIFIED_NO_CONTRACT,
    Outcome.TWO_CANDIDATES: Hint.VERIFIED_NO_CONTRACT,
    Outcome.NOBODY: Hint.VERIFIED_NO_CONTRACT,
    Outcome.NOTHING_TO_COMPARE: Hint.VERIFIED_NO_CONTRACT,
    Outcome.WRONG_HOLDER: Hint.PERSON_MISMATCH,
    Outcome.SOMEONE_ELSES_CARD: Hint.PERSON_MISMATCH,
    Outcome.NO_ATTRIBUTES: Hint.LEVEL_NOT_REACHED,
    Outcome.LINKAGE_UNAVAILABLE: Hint.LINKAGE_UNAVAILABLE,
}
"""A good card whose person is not tied (yet) is proven all the same, without a contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the steps of a proof have found, as far as they got."""

    tap: CardEvidence | None = field(repr=False)
    card: ProvenCard | Refused
    at: datetime
    binding: BindingLevel = BindingLevel.BIND_NONE
    """What ties a good card to the call, as far as that is known now."""
    person: Person | None = None
    contracts: Contracts | None = None
    device_known: bool = False
    held_as: str = ""
    """The person as whom the card is held, "" of one that is not."""
    weighed: Weighed | None = None
    """Of an enrolment only."""

    @property
    def identity(self) -> IdentityLevel:
        if isinstance(self.card, Refused):
            return IdentityLevel.ID_NONE
        if self.card.purpose is Purpose.SIGN:
            return IdentityLevel.ID_CARD_SIGN
        return IdentityLevel.ID_CARD_AUTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A good card that fits: `hint` is the complete one with which its pairing may end."""

    hint: Hint
    found: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The pairing is to end with this failed hint; `code` is the finer one behind it, if any."""

    hint: Hint
    found: Findings
    code: str = ""


def passed(found: Findings, contracts: Contracts, *, device_known: bool) -> Passed:
    """A person, and what they hold."""
    found = replace(found, contracts=contracts, device_known=device_known)
    if not contracts.held:
        return Passed(hint=Hint.VERIFIED_NO_CONTRACT, found=found)
    one = len(contracts.held) == 1
    return Passed(hint=Hint.VERIFIED if one else Hint.VERIFIED_MULTIPLE_CONTRACTS, found=found)


def enrolled(found: Findings, weighed: Weighed) -> Passed | Failed:
    """With the person and the contract that an enrolment has tied, or found tied; else none."""
    hint, holder, write = ENROLMENT_ENDS[weighed.outcome], weighed.holder, weighed.write
    person = Person(id=write.person, enrolled=True) if isinstance(write, Tie) else found.person
    held = (holder,) if hint is Hint.VERIFIED and holder is not None else ()
    found = replace(found, weighed=weighed, person=person, contracts=Contracts(held=held))
    if hint in COMPLETE:
        return Passed(hint=hint, found=found)
    return Failed(hint=hint, found=found, code=weighed.outcome.value)
