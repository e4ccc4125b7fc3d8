"""Enrolment: person and contract are tied by a tap with the signature certificate.

Its name, birth date and address are compared with the contract. What fits is tied at once; what
nobody could tell from the texts (a substitute character, an address that has changed, a renewed
card that no feed ties to the old one) waits for two people of the business (`approving`); what
contradicts is tied by nobody. Later taps with the authentication certificate then find the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from identity.contract_holders.comparing import Comparison, compare
from identity.contract_holders.hashes import card_hash, phone_hash
from identity.contract_holders.model import Holder, Person, Target, Tie
from identity.contract_holders.ports import Holders
from identity.contract_holders.service import ContractHolders
from identity.contract_holders.waiting import Wait, mark_of, mark_of_texts
from identity.tenants.model import Tenant
from identity.verification.model import ProvenCard
from identity.verification.ports import RevocationSubject

WAITS: Final = timedelta(days=7)
"""How long two people may take to decide an enrolment; then the card is tapped again."""


class Outcome(StrEnum):
    ENROLLED = "enrolled"
    ALREADY_ENROLLED = "already_enrolled"
    NEEDS_APPROVAL = "needs_approval"
    WRONG_HOLDER = "wrong_holder"
    """The contract is of somebody with another name or birth date."""
    SOMEONE_ELSES_CARD = "someone_elses_card"
    """The card is known here as another person's than the contract's."""
    TWO_CANDIDATES = "two_candidates"
    NOBODY = "nobody"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    """Neither name nor birth date could be compared: nobody ties that, two people neither."""
    NO_ATTRIBUTES = "no_attributes"
    """Not a signature certificate, which alone says who somebody is."""
    LINKAGE_UNAVAILABLE = "linkage_unavailable"
    """Whose card it is cannot be told now: nothing was weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The check in which the card was tapped: the pairing's id, the login of who began it."""

    pairing: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """`holder` and `comparison` are there where there was one contract to compare with; `write` is
    what has to be written for the outcome to be true: a Tie for `enrolled`, a Wait for
    `needs_approval`."""

    outcome: Outcome
    holder: Holder | None = None
    comparison: Comparison | None = None
    write: Tie | Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    outcome: Outcome
    holder: Holder | None = None
    comparison: Comparison | None = None


def decide(candidates: Sequence[tuple[Holder, Comparison]], person: Person) -> Decision:
    """What comes of it: of each outcome one reason, and in this order."""
    if not candidates:
        return Decision(outcome=Outcome.NOBODY)
    own = [one for one in candidates if person.enrolled and one[0].person == person.id]
    possible = [one for one in candidates if not one[1].contradicts and one not in own]
    if own and all(holder.person for holder, _ in possible):  # no other is there to be had
        holder, comparison = own[0]
        return Decision(outcome=Outcome.ALREADY_ENROLLED, holder=holder, comparison=comparison)
    if len(possible) > 1 or (not possible and len(candidates) > 1):
        return Decision(outcome=Outcome.TWO_CANDIDATES if possible else Outcome.NOBODY)
    holder, comparison = (possible or candidates)[0]
    outcome = _of_one(holder, comparison, person)
    return Decision(outcome=outcome, holder=holder, comparison=comparison)


def _of_one(holder: Holder, comparison: Comparison, person: Person) -> Outcome:
    if person.enrolled and (holder.person or comparison.contradicts):
        return Outcome.SOMEONE_ELSES_CARD
    if comparison.contradicts:
        return Outcome.WRONG_HOLDER
    if comparison.tells_nothing:
        return Outcome.NOTHING_TO_COMPARE
    # A contract with another person than the card's: renewed without a feed, or somebody else.
    if holder.person or not comparison.fits:
        return Outcome.NEEDS_APPROVAL
    return Outcome.ENROLLED


class Enrolling:
    """Weighs, and writes nothing: what has to be written is written with the pairing's end."""

    def __init__(
        self, holders: Holders, persons: ContractHolders, *, waits: timedelta = WAITS
    ) -> None:
        self._holders = holders
        self._persons = persons
        self._waits = waits

    async def weigh(
        self,
        tenant: Tenant,
        card: ProvenCard,
        person: Person,
        target: Target,
        begun: Begun,
        *,
        at: datetime,
    ) -> Weighed:
        """What comes of this card, whose `person` was found, and that contract. ConnectionError
        when the holders cannot be had."""
        if card.attributes is None:
            return Weighed(outcome=Outcome.NO_ATTRIBUTES)
        held = await self._meant(tenant, target)
        decided = decide([(holder, compare(card.attributes, holder)) for holder in held], person)
        return Weighed(
            outcome=decided.outcome,
            holder=decided.holder,
            comparison=decided.comparison,
            write=self._to_write(tenant, card, decided, person, begun, at),
        )

    async def _meant(self, tenant: Tenant, target: Target) -> Sequence[Holder]:
        if target.phone:
            return await self._holders.of_phone(tenant.id, phone_hash(tenant, target.phone))
        holder = await self._holders.by_contract(tenant.id, target.contract)
        return [holder] if holder else []

    def _to_write(
        self,
        tenant: Tenant,
        card: ProvenCard,
        decided: Decision,
        person: Person,
        begun: Begun,
        at: datetime,
    ) -> Tie | Wait | None:
        holder, comparison = decided.holder, decided.comparison
        if holder is None or comparison is None:
            return None
        known = person.id if person.enrolled else ""
        one = holder.person or known or self._persons.new_person()
        hashed = card_hash(tenant, card.linkage_key)
        if decided.outcome is Outcome.ENROLLED:
            return Tie(
                card_hash=hashed,
                contract_ref=holder.contract_ref,
                person=one,
                contract_mark=mark_of_texts(holder),
            )
        if decided.outcome is not Outcome.NEEDS_APPROVAL:
            return None
        return Wait(
            id=begun.pairing,
            contract=holder.contract_ref,
            card_hash=hashed,
            person=one,
            other_card=bool(holder.person),
            compared=comparison.as_facts(),
            contract_mark=mark_of(holder),
            certificate=RevocationSubject.of(card),
            begun_by=begun.by,
            at=at,
            until=at + self._waits,
        )
