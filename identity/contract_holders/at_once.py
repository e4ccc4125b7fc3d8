"""Enrolment: person and contract are tied by a tap with the signature certificate.

Its name, birth date and address are compared with the contract. What fits is tied at once; what
nobody could tell from the texts (a substitute character, an address that has changed, a renewed
card that no feed ties to the old one) waits for two people of the business; what contradicts is
tied by nobody. Later taps with the authentication certificate then find the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from identity.contract_holders.comparing import Comparison, compare
from identity.contract_holders.enrolling import Decision, Outcome, decide
from identity.contract_holders.hashes import card_hash, phone_hash
from identity.contract_holders.importing import e164
from identity.contract_holders.model import Holder, Person
from identity.contract_holders.ports import EnrolmentsAtOnce, Holders, LinkageUnavailable
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.ports import EvidenceRows
from identity.evidence_archive.recording import CardEvidence, Recorder, Retention
from identity.tenants.model import Tenant
from identity.verification.model import ProvenCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Two people of the business who have looked: account names, never twice the same."""

    operator: str
    second: str

    def __post_init__(self) -> None:
        if not self.operator or not self.second or self.operator == self.second:
            raise ValueError("an approval has two people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A good tap over an enrolment statement. `actor` is the account at the desk."""

    card: ProvenCard = field(repr=False)
    statement: bytes = field(repr=False)
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`contract` and `comparison` where there was one contract to compare with."""

    outcome: Outcome
    evidence: str
    contract: str = ""
    person: str = ""
    comparison: Comparison | None = None


class EnrollingAtOnce:
    def __init__(
        self,
        holders: Holders,
        persons: ContractHolders,
        enrolments: EnrolmentsAtOnce,
        archive: EvidenceRows,
        recorder: Recorder,
    ) -> None:
        self._holders = holders
        self._persons = persons
        self._enrolments = enrolments
        self._archive = archive
        self._recorder = recorder

    async def with_contract(
        self, tenant: Tenant, tapped: Tapped, contract: str, approval: Approval | None = None
    ) -> Enrolment:
        """Tie the card's person to this contract."""
        holder = await self._holders.by_contract(tenant.id, contract)
        return await self._enrol(tenant, tapped, [holder] if holder else [], approval)

    async def with_phone(
        self, tenant: Tenant, tapped: Tapped, phone: str, approval: Approval | None = None
    ) -> Enrolment:
        """To the one contract with this number that the card's attributes leave possible."""
        number = e164(phone)
        hashed = phone_hash(tenant, number)
        held = await self._holders.of_phone(tenant.id, hashed) if number else ()
        return await self._enrol(tenant, tapped, held, approval)

    async def refused(
        self,
        tenant: Tenant,
        statement: bytes,
        card: CardEvidence,
        *,
        code: str,
        at: datetime,
        actor: str,
    ) -> str:
        """A tap that verification refused; returns the evidence id."""
        header = {"outcome": "refused", "refusal": code, "actor": actor}
        record = self._recorder.record(
            tenant, Kind.ENROLMENT, at=at, header=header, statement=statement, card=card
        )
        await self._archive.append(record)
        return record.id

    async def give(
        self, tenant: Tenant, contract: str, person: str, approval: Approval, *, at: datetime
    ) -> Outcome:
        """Without a card: another contract to a person who is enrolled, by two people's word."""
        holder = await self._holders.by_contract(tenant.id, contract)
        if holder is None or not await self._holders.of_person(tenant.id, person):
            return Outcome.NOBODY
        if holder.person == person:
            return Outcome.ALREADY_ENROLLED
        by = f"{approval.operator}, {approval.second}"
        record = self._recorder.record(
            tenant,
            Kind.ENROLMENT,
            at=at,
            header={"outcome": "given", "actor": approval.operator, "approved_by": by},
            retention=Retention.SIGNATURE,
            result={"person": person, "contract": contract},
        )
        done = await self._enrolments.give(
            tenant.id, contract_ref=contract, person=person, record=record
        )
        return Outcome.ENROLLED if done else Outcome.WRONG_HOLDER

    async def _enrol(
        self,
        tenant: Tenant,
        tapped: Tapped,
        holders: Sequence[Holder],
        approval: Approval | None,
    ) -> Enrolment:
        attributes = tapped.card.attributes
        if attributes is None:
            return await self._over(tenant, tapped, Decision(outcome=Outcome.NO_ATTRIBUTES))
        try:
            person = await self._persons.person_of(tenant, tapped.card)
        except LinkageUnavailable:
            return await self._over(tenant, tapped, Decision(outcome=Outcome.LINKAGE_UNAVAILABLE))
        candidates = [(holder, compare(attributes, holder)) for holder in holders]
        decided = decide(candidates, person)
        if decided.outcome is Outcome.NEEDS_APPROVAL and approval is not None:
            decided = replace(decided, outcome=Outcome.ENROLLED)
        if decided.outcome is not Outcome.ENROLLED:
            return await self._over(tenant, tapped, decided, person.id)
        return await self._tie(tenant, tapped, decided, person, approval)

    async def _tie(
        self,
        tenant: Tenant,
        tapped: Tapped,
        decided: Decision,
        person: Person,
        approval: Approval | None,
    ) -> Enrolment:
        assert decided.holder is not None
        known = person.id if person.enrolled else ""
        one = decided.holder.person or known or self._persons.new_person()
        record = self._record(tenant, tapped, decided, one, approval)
        done = await self._enrolments.tie(
            tenant.id,
            card_hash=card_hash(tenant, tapped.card.linkage_key),
            contract_ref=decided.holder.contract_ref,
            person=one,
            record=record,
        )
        if not done:  # somebody was quicker: the contract or the card is another person's now
            taken = Decision(
                outcome=Outcome.SOMEONE_ELSES_CARD,
                holder=decided.holder,
                comparison=decided.comparison,
            )
            return await self._over(tenant, tapped, taken)
        return _enrolment(decided, record, one)

    async def _over(
        self, tenant: Tenant, tapped: Tapped, decided: Decision, person: str = ""
    ) -> Enrolment:
        record = self._record(tenant, tapped, decided, person, None)
        await self._archive.append(record)
        return _enrolment(decided, record, person)

    def _record(
        self,
        tenant: Tenant,
        tapped: Tapped,
        decided: Decision,
        person: str,
        approval: Approval | None,
    ) -> SealedRecord:
        card = tapped.card
        header = {
            "outcome": decided.outcome.value,
            "actor": tapped.actor,
            "revocation": card.revocation.status.value,
        }
        if approval is not None:
            header |= {"approved_by": f"{approval.operator}, {approval.second}"}
        result: dict[str, object] = {"person": person}
        if decided.holder is not None and decided.comparison is not None:
            result["contract"] = decided.holder.contract_ref
            result["comparison"] = decided.comparison.as_facts()
        return self._recorder.record(
            tenant,
            Kind.ENROLMENT,
            at=tapped.at,
            header=header,
            retention=Retention.SIGNATURE,
            statement=tapped.statement,
            card=CardEvidence(
                certificate=card.certificate,
                signature=card.signature,
                signed_attributes=card.signed_attributes,
                issuer=card.issuer_certificate,
            ),
            result=result,
        )


def _enrolment(decided: Decision, record: SealedRecord, person: str) -> Enrolment:
    return Enrolment(
        outcome=decided.outcome,
        evidence=record.id,
        contract=decided.holder.contract_ref if decided.holder else "",
        person=person,
        comparison=decided.comparison,
    )
