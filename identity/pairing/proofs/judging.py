"""What a proof amounts to: levels, badge and verdict. No store, no clock."""

from dataclasses import replace

from identity.contract_holders.waiting import Wait
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
from identity.pairing.proofs.findings import Findings
from identity.verification.model import RevocationState

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


def best_binding(mode: Mode) -> BindingLevel:
    """What a mode reaches when all of its steps come out well."""
    return _BEST[mode]


def reaches(required: Requirement, identity: IdentityLevel, binding: BindingLevel) -> bool:
    """Both levels against what the flow requires."""
    return identity >= required.identity and binding >= required.binding


def statement_type(pairing: Pairing) -> StatementType:
    """What kind of statement the card signs: before the call, in it, or at a desk."""
    if pairing.desk is not None:
        return _AT_A_DESK[pairing.desk.kind]
    return StatementType.DIAL if pairing.mode is Mode.APP_DIAL else StatementType.CALL


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


def _match_signed(pairing: Pairing) -> bool | None:
    """An item that was asked after the tap is not inside what the card signed."""
    return None if pairing.match is None else pairing.mode is not Mode.APP_DIAL


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
