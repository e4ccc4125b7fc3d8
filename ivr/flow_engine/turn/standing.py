"""How far the caller is proven: what verdicts do to a session, whatever it waits for."""

from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from ivr.flow_engine.events import IdentityCancelled, IdentityProven, IdentityRefused, Levels
from ivr.flow_engine.outcomes import ALARM_EXITS, BINDING_LEVELS, IDENTITY_LEVELS, REVOKED
from ivr.flow_engine.session import BindingState, ContractState, IdentityState, Session

Verdict: TypeAlias = IdentityProven | IdentityRefused | IdentityCancelled

RESULT_LIFE: Final = 1800  # seconds; a result counts for this call and at most 30 minutes


def identity_rank(level: str) -> int:
    """0 for a level this format does not know."""
    return IDENTITY_LEVELS.index(level) if level in IDENTITY_LEVELS else 0


def binding_rank(level: str) -> int:
    return BINDING_LEVELS.index(level) if level in BINDING_LEVELS else 0


def age(identity: IdentityState, now: datetime) -> float:
    """Seconds since the proof; 0 without one."""
    if not identity.proven_at:
        return 0.0
    return max(0.0, (now - datetime.fromisoformat(identity.proven_at)).total_seconds())


def verified(identity: IdentityState, now: datetime) -> bool:
    """Complete, not repudiated, and at most 30 minutes old."""
    complete = identity.status == "complete" and not identity.repudiated
    return complete and bool(identity.proven_at) and age(identity, now) <= RESULT_LIFE


def reaches(levels: Levels, identity: str, binding: str) -> bool:
    enough = identity_rank(levels.identity) >= identity_rank(identity)
    return enough and binding_rank(levels.binding) >= binding_rank(binding)


def with_verdict(session: Session, verdict: Verdict) -> Session:
    """The first terminal outcome of a check, taken into the state. An alarm stays."""
    if isinstance(verdict, IdentityProven):
        return _proven(session, verdict)
    if isinstance(verdict, IdentityCancelled):
        identity = replace(session.identity, status="cancelled", hint=verdict.hint)
        return replace(session, identity=identity)
    return _refused(session, verdict)


def _proven(session: Session, verdict: IdentityProven) -> Session:
    return replace(
        session,
        identity=replace(
            session.identity,
            status="complete",
            hint=verdict.exit,
            level=verdict.levels.identity,
            proven_at=verdict.proven_at,
            repudiated=False,
        ),
        binding=_binding(verdict.levels),
        contract=ContractState(count=verdict.contract.count, ref=verdict.contract.ref),
    )


def _refused(session: Session, verdict: IdentityRefused) -> Session:
    """Levels reached before stay when the failed check reached less (a failed step-up)."""
    identity = replace(session.identity, status="failed", hint=verdict.hint)
    if verdict.hint in ALARM_EXITS:
        identity = replace(identity, alarm=verdict.hint)
    if identity_rank(verdict.levels.identity) < identity_rank(identity.level):
        return replace(session, identity=identity)
    identity = replace(identity, level=verdict.levels.identity)
    return replace(session, identity=identity, binding=_binding(verdict.levels))


def _binding(levels: Levels) -> BindingState:
    return BindingState(level=levels.binding, mode=levels.mode, call_state=levels.call_state)


def pending(session: Session, hint: str) -> Session:
    identity = replace(session.identity, status="pending", hint=hint)
    return replace(session, identity=identity)


def repudiated(session: Session) -> Session:
    """ "That wasn't me"."""
    return _fallen(session, replace(session.identity, hint="repudiated", repudiated=True))


def revoked(session: Session) -> Session:
    """The certificate behind the verdict does not count any more: another check may follow."""
    return _fallen(session, replace(session.identity, hint=REVOKED))


def _fallen(session: Session, identity: IdentityState) -> Session:
    """Nothing that was reached counts any more."""
    return replace(
        session,
        identity=replace(identity, status="failed", level="id_none"),
        binding=replace(session.binding, level="bind_none"),
        contract=ContractState(),
    )


def asked_by_operator(session: Session) -> Session:
    """An operator starts a check: a standing alarm no longer forbids one."""
    identity = replace(session.identity, status="pending", hint="awaiting_app", alarm="")
    return replace(session, identity=identity)
