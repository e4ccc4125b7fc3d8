"""News that no node waits for: the call's end, what becomes of a verdict afterwards, and checks
beside queue and talk."""

from typing import Final

from ivr.flow_engine.errands import ClosePairing
from ivr.flow_engine.events import (
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    OperatorAskedCheck,
    PairingProgressed,
    QueueMoved,
)
from ivr.flow_engine.nodes import route
from ivr.flow_engine.outcomes import ALARM_EXITS, REVOKED
from ivr.flow_engine.session import Session, TurnState
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.moves import Move, Rest, jump
from ivr.flow_engine.turn.turn import Turn, note

_AFTER_A_CHECK: Final = frozenset({"input", "errand", "queue", "talk"})


def call_ended(turn: Turn) -> None:
    """Nothing more can be said: the open pairing ends, the screen is taken away."""
    if turn.session.wait == "ended" and not turn.session.screen:
        turn.update(pending=None)
        return
    note(turn, exit_name="call_ended")
    if close_pairing(turn, "call_ended"):
        turn.session = standing.with_verdict(turn.session, IdentityRefused(hint="call_ended"))
    route.withdraw(turn)
    turn.update(wait="ended", awaiting="", transfer=None, pending=None, turn=TurnState())


def close_pairing(turn: Turn, hint: str) -> bool:
    """Close what is open without waiting for the answer. True when something was open."""
    check = turn.session.check
    if check is None:
        return False
    if not check.keys:  # it only listened for digits
        turn.update(check=None)
        return False
    turn.ask(lambda key: ClosePairing(key=key, hint=hint), awaited=False)
    turn.update(check=None)
    return True


def leave_everything(turn: Turn) -> None:
    """Before a fault's way to a person: no check stays open, no screen stays behind."""
    close_pairing(turn, "by_system")
    if turn.session.transfer is not None:
        route.leave_queue(turn, "error")


def repudiated(turn: Turn) -> Move:
    """Levels fall at once. A call still in the IVR goes to `on_repudiated`; others stay."""
    if turn.session.identity.repudiated:
        return Rest.STAY
    turn.session = standing.repudiated(turn.session)
    if not _in_ivr(turn.session):
        return Rest.STAY
    close_pairing(turn, "by_system")
    if turn.session.transfer is not None:
        route.leave_queue(turn, "error")
    turn.update(awaiting="", pending=None, turn=TurnState())
    return jump(turn.session.stack, "repudiated", turn.flow.main.on_repudiated)


def late_alarm(turn: Turn, event: Event) -> bool:
    """Whether this was an alarm about a check that is over, for a caller still among the nodes.

    The way stays; only nothing personal is spoken any more, and a check does not open again.
    """
    session = turn.session
    if not isinstance(event, IdentityRefused) or event.hint not in ALARM_EXITS or event.key:
        return False
    if session.wait not in {"input", "errand"} or session.check or session.identity.alarm:
        return False
    turn.session = standing.with_verdict(session, event)
    return True


def late_revocation(turn: Turn, event: Event) -> bool:
    """Whether this was the end of a verdict whose certificate has been revoked since.

    Nothing that was reached counts any more; the way stays, as the person on the line does.
    """
    session = turn.session
    if not isinstance(event, IdentityRefused) or event.hint != REVOKED or event.key:
        return False
    if session.wait not in _AFTER_A_CHECK or session.check:
        return False
    if session.identity.status != "complete":
        return False
    turn.session = standing.revoked(session)
    return True


def _in_ivr(session: Session) -> bool:
    """Also while the transfer is not drawn yet, but not on the way of the last resort."""
    if session.transfer is not None and session.transfer.last_resort:
        return False
    waiting = session.wait in {"input", "identity", "errand"}
    return waiting or (session.wait == "queue" and session.pending is not None)


def beside_operator(turn: Turn, event: Event) -> Move | None:
    """In queue and talk verdicts change the state and never the way. None: the route's own."""
    identity = turn.session.identity
    if isinstance(event, QueueMoved):
        return Rest.STAY
    if isinstance(event, OperatorAskedCheck):
        turn.session = standing.asked_by_operator(turn.session)
        return Rest.STAY
    if isinstance(event, PairingProgressed):
        if identity.status == "pending":
            turn.session = standing.pending(turn.session, event.hint)
            return Rest.STAY
        return Rest.NOT_ACCEPTED
    if isinstance(event, IdentityProven | IdentityRefused | IdentityCancelled):
        # A key names a check of the IVR, and that one has ended. An alarm, a repudiation and a
        # level that was too low stand until an operator asks for another check.
        stands = identity.alarm or identity.repudiated or identity.hint == "level_not_reached"
        if event.key or stands:
            return Rest.NOT_ACCEPTED
        turn.session = standing.with_verdict(turn.session, event)
        return Rest.STAY
    return None
