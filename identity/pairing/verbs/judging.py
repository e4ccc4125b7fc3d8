"""What a proof amounts to: levels, badge, hint and the record of it. No store, no clock."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from identity.contract_holders.enrolling import Outcome, Weighed
from identity.contract_holders.model import Contracts, Person, Tie
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import CardEvidence, Recorder, Retention
from identity.jpki.anchors import Purpose
from identity.jpki.signed_attributes import StatementType
from identity.pairing.levels import BindingLevel, IdentityLevel, Knowledge, badge
from identity.pairing.model import (
    ContractRef,
    DeskCheck,
    DeskKind,
    EnrolmentFound,
    EvidenceId,
    Mode,
    Pairing,
    PersonId,
    Requirement,
    Revocation,
    Verdict,
)
from identity.pairing.outcomes import COMPLETE, Hint, status_of
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from identity.verification.model import ProvenCard, RevocationState
from identity.verification.refusals import Refused

_BEST = {
    Mode.APP_DIAL: BindingLevel.BIND_DEVICE,
    Mode.SPOKEN_CODE: BindingLevel.BIND_CHOICE,
    Mode.SMS_LINK: BindingLevel.BIND_CHOICE,
    Mode.KEYED_CODE: BindingLevel.BIND_CODE,
    Mode.DESK: BindingLevel.BIND_NONE,
}
_AT_A_DESK = {
    DeskKind.BUSINESS: StatementType.BUSINESS,
    DeskKind.ENROLMENT: StatementType.ENROLMENT,
}
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


def best_binding(mode: Mode) -> BindingLevel:
    """What a mode reaches when all of its steps come out well."""
    return _BEST[mode]


def reaches(required: Requirement, identity: IdentityLevel, binding: BindingLevel) -> bool:
    """Both levels against what the flow requires."""
    return identity >= required.identity and binding >= required.binding


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


def desk_after(desk: DeskCheck | None, found: Findings) -> DeskCheck | None:
    """With what came of an enrolment."""
    weighed = found.weighed
    if desk is None or weighed is None:
        return desk
    return replace(
        desk,
        enrolment=EnrolmentFound(
            outcome=weighed.outcome.value,
            contract=weighed.holder.contract_ref if weighed.holder else "",
            compared=weighed.comparison.as_facts() if weighed.comparison else {},
            waits=isinstance(weighed.write, Wait),
        ),
    )


def judge(
    pairing: Pairing, hint: Hint, found: Findings, policy: PairingPolicy, *, refusal: str
) -> Verdict:
    """The verdict of a pairing that ends with `hint`. Its evidence id is set by `record`.

    Person and contracts are part of it only when it is complete: of a person other than the one
    expected, nobody learns who it was.
    """
    complete = hint in COMPLETE
    held = found.contracts.held if found.contracts else ()
    line_known = found.contracts.line_known(pairing.call.line) if found.contracts else False
    knowledge = Knowledge(
        line_known=line_known and complete,
        device_known=found.device_known and complete,
        line_or_device_required=policy.line_or_device_known,
    )
    proven = found.identity > IdentityLevel.ID_NONE
    binding = found.binding if proven else BindingLevel.BIND_NONE
    return Verdict(
        identity=found.identity,
        binding=binding,
        badge=badge(
            status=status_of(hint),
            hint=hint,
            identity=found.identity,
            binding=binding,
            knowledge=knowledge,
        ),
        knowledge=knowledge,
        revocation=revocation_of(found.card.revocation),
        policy=policy.name,
        at=found.at,
        evidence_id=EvidenceId(""),
        person=PersonId(found.person.id) if complete and found.person else None,
        contracts=tuple(ContractRef(h.contract_ref) for h in held) if complete else (),
        refusal=refusal,
        match_signed=_match_signed(pairing),
    )


def record(
    recorder: Recorder,
    tenant: Tenant,
    pairing: Pairing,
    verdict: Verdict,
    hint: Hint,
    found: Findings,
    kind: Kind,
) -> SealedRecord:
    """Evidence of a proof: words in the header, statement, card and what was found sealed."""
    card, revocation = found.card, verdict.revocation
    signed = card.purpose is Purpose.SIGN
    header = {
        "pairing": pairing.id,
        "status": status_of(hint).value,
        "hint": hint.value,
        "refusal": verdict.refusal,
        "mode": pairing.mode.value,
        "statement_type": statement_type(pairing).name.lower(),
        **_match_word(verdict),
        "identity": verdict.identity.code,
        "binding": verdict.binding.code,
        "required_identity": pairing.require.identity.code,
        "required_binding": pairing.require.binding.code,
        "badge": verdict.badge.value,
        "policy": verdict.policy,
        "certificate": card.purpose.value if card.purpose else "unread",
        "card_proven": "no" if isinstance(card, Refused) else "yes",
        "revocation": revocation.status,
        "revocation_method": revocation.method,
        **_desk_words(pairing, found),
    }
    result: dict[str, object] = {
        "person": found.person.id if found.person else "",
        "person_enrolled": bool(found.person and found.person.enrolled),
        "contracts": [h.contract_ref for h in found.contracts.held] if found.contracts else [],
        "expected": pairing.expect or "",
        "line_known": verdict.knowledge.line_known,
        "device_known": verdict.knowledge.device_known,
        "line_or_device_required": verdict.knowledge.line_or_device_required,
        **sealed_of(revocation),
        "verified_at": found.at.isoformat(),
        **({"held_as": found.held_as} if found.held_as else {}),
        **_enrolment_found(found),
    }
    return recorder.record(
        tenant,
        Kind.ENROLMENT if pairing.enrols else kind,
        at=found.at,
        header=header,
        retention=Retention.SIGNATURE if signed or pairing.enrols else Retention.AUTHENTICATION,
        statement=pairing.statement,
        card=_card(found),
        result=result,
    )


def statement_type(pairing: Pairing) -> StatementType:
    """What kind of statement the card signs: before the call, in it, or at a desk."""
    if pairing.desk is not None:
        return _AT_A_DESK[pairing.desk.kind]
    return StatementType.DIAL if pairing.mode is Mode.APP_DIAL else StatementType.CALL


def _match_signed(pairing: Pairing) -> bool | None:
    """An item that was asked after the tap is not inside what the card signed."""
    return None if pairing.match is None else pairing.mode is not Mode.APP_DIAL


def _match_word(verdict: Verdict) -> dict[str, str]:
    signed = verdict.match_signed
    return {} if signed is None else {"match_signed": "yes" if signed else "no"}


def _desk_words(pairing: Pairing, found: Findings) -> dict[str, str]:
    """Who began it; of an enrolment the outcome, `refused` when the card itself was."""
    desk = pairing.desk
    if desk is None:
        return {}
    if desk.kind is DeskKind.BUSINESS:
        return {"actor": desk.begun_by}
    outcome = found.weighed.outcome.value if found.weighed else "refused"
    return {"actor": desk.begun_by, "outcome": outcome}


def _enrolment_found(found: Findings) -> dict[str, object]:
    weighed = found.weighed
    if weighed is None or weighed.holder is None or weighed.comparison is None:
        return {}
    return {
        "contract": weighed.holder.contract_ref,
        "comparison": weighed.comparison.as_facts(),
    }


def _card(found: Findings) -> CardEvidence | None:
    if isinstance(found.card, Refused):
        return found.tap
    return CardEvidence(
        certificate=found.card.certificate,
        signature=found.card.signature,
        signed_attributes=found.card.signed_attributes,
        issuer=found.card.issuer_certificate,
    )


def revocation_of(state: RevocationState | None) -> Revocation:
    """What a source answered, as a verdict keeps it; None where none was asked."""
    if state is None:
        return Revocation()
    return Revocation(
        status=state.status.value,
        detail=state.reason or state.why or "",
        method=state.method,
        source_updated_at=state.source_updated_at,
        checked_at=state.checked_at,
    )


def sealed_of(revocation: Revocation) -> dict[str, str]:
    """The part of an answer that evidence keeps sealed."""
    return {
        "revocation_detail": revocation.detail,
        "revocation_source_updated_at": _text(revocation.source_updated_at),
        "revocation_checked_at": _text(revocation.checked_at),
    }


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
