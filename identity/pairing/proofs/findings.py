"""What the steps of a proof have found, and how that ends its pairing."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from identity.contract_holders.enrolling import Outcome, Weighed
from identity.contract_holders.model import Contracts, Person, Tie
from identity.evidence_archive.recording import CardEvidence
from identity.jpki.anchors import Purpose
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.outcomes import Hint
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


def end_hint(found: Findings) -> Hint:
    """How a good card that fits ends its pairing; of an enrolment, any outcome of it."""
    if found.weighed is not None:
        return ENROLMENT_ENDS[found.weighed.outcome]
    contracts = found.contracts
    assert contracts is not None  # looked up in the last step of an examination
    if not contracts.held:
        return Hint.VERIFIED_NO_CONTRACT
    return Hint.VERIFIED if len(contracts.held) == 1 else Hint.VERIFIED_MULTIPLE_CONTRACTS


def with_enrolment(found: Findings, weighed: Weighed) -> Findings:
    """The person and the contract that an enrolment has tied, or found tied; else none."""
    tied = end_hint(replace(found, weighed=weighed)) is Hint.VERIFIED and weighed.holder is not None
    person, write = found.person, weighed.write
    if isinstance(write, Tie):
        person = Person(id=write.person, enrolled=True)
    held = (weighed.holder,) if tied and weighed.holder else ()
    return replace(found, weighed=weighed, person=person, contracts=Contracts(held=held))
