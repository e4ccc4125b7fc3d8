"""The evidence record of a proof."""

from datetime import datetime

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import CardEvidence, Recorder, Retention
from identity.jpki.anchors import Purpose
from identity.pairing.model import DeskKind, Pairing, Revocation, Verdict
from identity.pairing.outcomes import Hint, status_of
from identity.pairing.proofs.findings import Findings
from identity.pairing.proofs.judging import statement_type
from identity.tenants.model import Tenant
from identity.verification.refusals import Refused


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


def sealed_of(revocation: Revocation) -> dict[str, str]:
    """The part of an answer that evidence keeps sealed."""
    return {
        "revocation_detail": revocation.detail,
        "revocation_source_updated_at": _text(revocation.source_updated_at),
        "revocation_checked_at": _text(revocation.checked_at),
    }


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
