"""What a proof amounts to: levels, badge, hint and the record of it. No store, no clock."""

from dataclasses import dataclass, field
from datetime import datetime

from identity.contract_holders.model import Contracts, Person
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import CardEvidence, Recorder, Retention
from identity.jpki.anchors import Purpose
from identity.jpki.signed_attributes import StatementType
from identity.pairing.levels import BindingLevel, IdentityLevel, Knowledge, badge
from identity.pairing.model import (
    ContractRef,
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
}


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


def complete_hint(contracts: Contracts) -> Hint:
    if not contracts.held:
        return Hint.VERIFIED_NO_CONTRACT
    return Hint.VERIFIED if len(contracts.held) == 1 else Hint.VERIFIED_MULTIPLE_CONTRACTS


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
        revocation=_revocation(found.card),
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
        "statement_type": statement_type(pairing.mode).name.lower(),
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
    }
    result = {
        "person": found.person.id if found.person else "",
        "person_enrolled": bool(found.person and found.person.enrolled),
        "contracts": [h.contract_ref for h in found.contracts.held] if found.contracts else [],
        "expected": pairing.expect or "",
        "line_known": verdict.knowledge.line_known,
        "device_known": verdict.knowledge.device_known,
        "line_or_device_required": verdict.knowledge.line_or_device_required,
        "revocation_detail": revocation.detail,
        "revocation_source_updated_at": _text(revocation.source_updated_at),
        "revocation_checked_at": _text(revocation.checked_at),
        "verified_at": found.at.isoformat(),
    }
    return recorder.record(
        tenant,
        kind,
        at=found.at,
        header=header,
        retention=Retention.SIGNATURE if signed else Retention.AUTHENTICATION,
        statement=pairing.statement,
        card=_card(found),
        result=result,
    )


def statement_type(mode: Mode) -> StatementType:
    """What kind of statement the card signs: before the call, or in it."""
    return StatementType.DIAL if mode is Mode.APP_DIAL else StatementType.CALL


def _match_signed(pairing: Pairing) -> bool | None:
    """An item that was asked after the tap is not inside what the card signed."""
    return None if pairing.match is None else pairing.mode is not Mode.APP_DIAL


def _match_word(verdict: Verdict) -> dict[str, str]:
    signed = verdict.match_signed
    return {} if signed is None else {"match_signed": "yes" if signed else "no"}


def _card(found: Findings) -> CardEvidence | None:
    if isinstance(found.card, Refused):
        return found.tap
    return CardEvidence(
        certificate=found.card.certificate,
        signature=found.card.signature,
        signed_attributes=found.card.signed_attributes,
        issuer=found.card.issuer_certificate,
    )


def _revocation(card: ProvenCard | Refused) -> Revocation:
    state: RevocationState | None = card.revocation
    if state is None:
        return Revocation()
    return Revocation(
        status=state.status.value,
        detail=state.reason or state.why or "",
        method=state.method,
        source_updated_at=state.source_updated_at,
        checked_at=state.checked_at,
    )


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
