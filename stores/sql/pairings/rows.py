"""A pairing as a row and back. Line, match round, statement, kept tap, expected contract and what a
check at a desk is about are sealed."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from identity.contract_holders.model import Target
from identity.jpki.profile import CardKind
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge
from identity.pairing.model import (
    CallFacts,
    CallRef,
    CallState,
    ContractRef,
    DeskCheck,
    DeskKind,
    Direction,
    EnrolmentFound,
    EvidenceId,
    InstallationId,
    Locator,
    MatchRound,
    Mode,
    Pairing,
    PairingId,
    PersonId,
    Recheck,
    ReportedCall,
    Requirement,
    Revocation,
    Tap,
    Verdict,
)
from identity.pairing.outcomes import Hint, Status
from identity.tenants.model import TenantId
from stores.sql.sealing import Sealer

BEGUN_BY: Final = "desk_begun_by"


def to_row(pairing: Pairing, sealer: Sealer) -> dict[str, Any]:
    return {
        "tenant_id": pairing.tenant,
        "id": pairing.id,
        "version": pairing.version,
        "status": pairing.status.value,
        "hint": pairing.hint.value,
        "call_ref": pairing.call_ref,
        "errand_key": pairing.errand_key,
        "mode": pairing.mode.value,
        "opened_at": pairing.opened_at,
        "claim_by": pairing.claim_by,
        "expires_at": pairing.expires_at,
        "step_by": pairing.step_by,
        "arrived_at": pairing.arrived_at,
        "ended_at": pairing.ended_at,
        "repudiated_at": pairing.repudiated_at,
        "recheck": _recheck_document(pairing.recheck) if pairing.recheck else None,
        "claimed_by": pairing.claimed_by,
        "person_id": pairing.verdict.person if pairing.verdict else None,
        "facts": _facts(pairing),
        "verdict": _verdict_document(pairing.verdict) if pairing.verdict else None,
        "private": sealer.seal(pairing.tenant, _place(pairing.id), _private(pairing)),
    }


def from_row(row: Row[Any], sealer: Sealer) -> Pairing:
    facts = row.facts
    private: dict[str, Any] = sealer.unseal(row.tenant_id, _place(row.id), row.private)
    match, statement, expect = private["match"], private["statement"], private["expect"]
    tap = private.get("tap")
    return Pairing(
        id=PairingId(row.id),
        tenant=TenantId(row.tenant_id),
        call=CallFacts(
            call_ref=CallRef(row.call_ref),
            dialled=facts["dialled"],
            line=private["line"],
            started_at=datetime.fromisoformat(facts["started_at"]),
            direction=Direction(facts["direction"]),
        ),
        mode=Mode(row.mode),
        require=Requirement(
            identity=_identity(facts["require_identity"]),
            binding=_binding(facts["require_binding"]),
        ),
        purpose=facts["purpose"],
        action=facts["action"],
        expect=None if expect is None else ContractRef(expect),
        errand_key=row.errand_key,
        status=Status(row.status),
        hint=Hint(row.hint),
        opened_at=row.opened_at,
        claim_by=row.claim_by,
        expires_at=row.expires_at,
        started_by_operator=facts["started_by_operator"],
        extended=facts["extended"],
        claimed_by=None if row.claimed_by is None else InstallationId(row.claimed_by),
        call_state=CallState(facts["call_state"]),
        match=None if match is None else _match(match),
        statement=None if statement is None else b64decode(statement),
        locators=tuple(_locator(one) for one in facts.get("locators", ())),
        step_by=row.step_by,
        arrived_at=row.arrived_at,
        ticket_at=_read(facts.get("ticket_at")),
        report=_report(facts.get("report")),
        tap=None if tap is None else _tap(tap),
        ended_at=row.ended_at,
        repudiated_at=row.repudiated_at,
        verdict=None if row.verdict is None else _verdict(row.verdict),
        desk=_desk(facts, private),
        recheck=None if row.recheck is None else _recheck(row.recheck),
        version=row.version,
    )


def _place(pairing_id: str) -> tuple[str, ...]:
    return ("pairings", "private", pairing_id)


def _facts(pairing: Pairing) -> dict[str, object]:
    return {
        "dialled": pairing.call.dialled,
        "started_at": pairing.call.started_at.isoformat(),
        "direction": pairing.call.direction.value,
        "require_identity": pairing.require.identity.code,
        "require_binding": pairing.require.binding.code,
        "purpose": pairing.purpose,
        "action": pairing.action,
        "started_by_operator": pairing.started_by_operator,
        "extended": pairing.extended,
        "call_state": pairing.call_state.value,
        "locators": [_locator_document(locator) for locator in pairing.locators],
        "ticket_at": _written(pairing.ticket_at),
        "report": pairing.report and _report_document(pairing.report),
        **_desk_facts(pairing.desk),
    }


def _private(pairing: Pairing) -> dict[str, object]:
    match, statement, tap = pairing.match, pairing.statement, pairing.tap
    return {
        "line": pairing.call.line,
        "expect": pairing.expect,
        "match": match and {"n": match.number, "offered": match.offered, "right": match.right},
        "statement": None if statement is None else b64encode(statement).decode(),
        "tap": tap and _tap_document(tap),
        **_desk_private(pairing.desk),
    }


def _desk_facts(desk: DeskCheck | None) -> dict[str, object]:
    """The account in the open, so that its checks are found; what they are about is sealed."""
    return {} if desk is None else {"desk_kind": desk.kind.value, BEGUN_BY: desk.begun_by}


def _desk_private(desk: DeskCheck | None) -> dict[str, object]:
    if desk is None:
        return {}
    found = desk.enrolment
    return {
        "target": {"contract": desk.target.contract, "phone": desk.target.phone},
        "enrolment": found
        and {
            "outcome": found.outcome,
            "contract": found.contract,
            "compared": dict(found.compared),
            "waits": found.waits,
        },
    }


def _desk(facts: dict[str, Any], private: dict[str, Any]) -> DeskCheck | None:
    if "desk_kind" not in facts:
        return None
    found = private["enrolment"]
    return DeskCheck(
        kind=DeskKind(facts["desk_kind"]),
        begun_by=facts[BEGUN_BY],
        target=Target(**private["target"]),
        enrolment=found and EnrolmentFound(**found),
    )


def _match(document: dict[str, Any]) -> MatchRound:
    first, second, third = document["offered"]
    return MatchRound(number=document["n"], offered=(first, second, third), right=document["right"])


def _locator_document(locator: Locator) -> dict[str, str]:
    return {
        "mode": locator.mode.value,
        "hash": locator.hash.hex(),
        "claim_by": locator.claim_by.isoformat(),
        "errand_key": locator.errand_key,
    }


def _locator(document: dict[str, str]) -> Locator:
    return Locator(
        mode=Mode(document["mode"]),
        hash=bytes.fromhex(document["hash"]),
        claim_by=datetime.fromisoformat(document["claim_by"]),
        errand_key=document["errand_key"],
    )


def _report_document(report: ReportedCall) -> dict[str, object]:
    return {
        "call_state": report.call_state.value,
        "begun_at": report.begun_at.isoformat(),
        "connected_at": _written(report.connected_at),
        "other_calls": report.other_calls,
    }


def _report(document: dict[str, Any] | None) -> ReportedCall | None:
    if document is None:
        return None
    return ReportedCall(
        call_state=CallState(document["call_state"]),
        begun_at=datetime.fromisoformat(document["begun_at"]),
        connected_at=_read(document["connected_at"]),
        other_calls=document["other_calls"],
    )


def _tap_document(tap: Tap) -> dict[str, str]:
    return {
        "certificate": b64encode(tap.certificate).decode(),
        "signature": b64encode(tap.signature).decode(),
        "card_kind": tap.card_kind.value,
    }


def _tap(document: dict[str, str]) -> Tap:
    return Tap(
        certificate=b64decode(document["certificate"]),
        signature=b64decode(document["signature"]),
        card_kind=CardKind(document["card_kind"]),
    )


def _verdict_document(verdict: Verdict) -> dict[str, object]:
    known = verdict.knowledge
    return {
        "identity": verdict.identity.code,
        "binding": verdict.binding.code,
        "badge": verdict.badge.value,
        "line_known": known.line_known,
        "device_known": known.device_known,
        "line_or_device_required": known.line_or_device_required,
        "revocation": _revocation_document(verdict.revocation),
        "policy": verdict.policy,
        "at": _written(verdict.at),
        "evidence_id": verdict.evidence_id,
        "person": verdict.person,
        "contracts": list(verdict.contracts),
        "refusal": verdict.refusal,
        "match_signed": verdict.match_signed,
    }


def _verdict(document: dict[str, Any]) -> Verdict:
    person = document["person"]
    return Verdict(
        identity=_identity(document["identity"]),
        binding=_binding(document["binding"]),
        badge=Badge(document["badge"]),
        knowledge=Knowledge(
            line_known=document["line_known"],
            device_known=document["device_known"],
            line_or_device_required=document["line_or_device_required"],
        ),
        revocation=_revocation(document["revocation"]),
        policy=document["policy"],
        at=datetime.fromisoformat(document["at"]),
        evidence_id=EvidenceId(document["evidence_id"]),
        person=None if person is None else PersonId(person),
        contracts=tuple(ContractRef(contract) for contract in document["contracts"]),
        refusal=document["refusal"],
        match_signed=document.get("match_signed"),
    )


def _recheck_document(recheck: Recheck) -> dict[str, object]:
    revocation = _revocation_document(recheck.revocation)
    return {"revocation": revocation, "evidence_id": recheck.evidence_id}


def _recheck(document: dict[str, Any]) -> Recheck:
    return Recheck(
        revocation=_revocation(document["revocation"]),
        evidence_id=EvidenceId(document["evidence_id"]),
    )


def _revocation_document(revocation: Revocation) -> dict[str, object]:
    return {
        "status": revocation.status,
        "detail": revocation.detail,
        "method": revocation.method,
        "source_updated_at": _written(revocation.source_updated_at),
        "checked_at": _written(revocation.checked_at),
    }


def _revocation(document: dict[str, Any]) -> Revocation:
    return Revocation(
        status=document["status"],
        detail=document["detail"],
        method=document["method"],
        source_updated_at=_read(document["source_updated_at"]),
        checked_at=_read(document["checked_at"]),
    )


def _identity(code: str) -> IdentityLevel:
    return IdentityLevel[code.upper()]


def _binding(code: str) -> BindingLevel:
    return BindingLevel[code.upper()]


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _read(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
