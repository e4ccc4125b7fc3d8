"""The flow engine: a pure step from session and event to session, errands and a document.

The host loads the session, calls `step`, does the errands in order and feeds the awaited answer
(`session.awaiting`) back by `step`, until `session.wait` is no longer `errand`; then it saves,
draws when a carrier request asked, and does `FetchAgain` last.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from ivr.flow_engine.definition import Flow, Route
from ivr.flow_engine.errands import Errand, FetchAgain
from ivr.flow_engine.events import (
    CallArrived,
    Event,
    IdentityProven,
    IdentityRefused,
    PairingProgressed,
    QueueMoved,
)
from ivr.flow_engine.nodes.verify_identity import check
from ivr.flow_engine.running import run
from ivr.flow_engine.session import Frame, Session
from ivr.flow_engine.turn import deferral, faults, standing
from ivr.flow_engine.turn.moves import jump
from ivr.flow_engine.turn.speaking import say, speech
from ivr.flow_engine.turn.trace import TraceEntry
from ivr.flow_engine.turn.turn import Turn, note, seconds_since, stamp
from ivr.flow_engine.turn.waits import REQUESTS
from ivr.flow_engine.voice_actions import Document, Spoken

StepOutcome: TypeAlias = Literal["accepted", "not_accepted", "fault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one event did.

    Errands are to be done in order. Only the errand whose key is `session.awaiting` is answered;
    `WithdrawScreen`, `FetchAgain`, and a `ClosePairing` that is not awaited need no answer.
    """

    session: Session
    errands: tuple[Errand, ...]
    outcome: StepOutcome
    trace: tuple[TraceEntry, ...]


def begin(flow: Flow, call: str) -> Session:
    """A session before its first event, `CallArrived`: n is 0, nothing is drawn."""
    return Session(
        call=call,
        flow_version=flow.version,
        language=flow.languages[0],
        stack=(Frame(flow=flow.main.id, node=""),),
    )


def step(flow: Flow, session: Session, event: Event, now: datetime, *, from_carrier: bool) -> Step:
    """Take one event. `now` is aware. Never raises for an event or a broken flow.

    `from_carrier` is true for a carrier request that consumes n and for the answers of errands
    within its turn; false for news from elsewhere (and their answers), status callbacks and
    answers that come later. A request of the carrier always ends with `session.pending` set; if
    something is pending already, its event is dropped (`not_accepted`) and the host draws what is
    pending. News that the host polled within a carrier turn may be fed first, with
    `from_carrier` true: if it must be heard it leaves `pending`, else the request's event follows.
    """
    if from_carrier and session.pending is not None and not run.is_answer(event):
        return Step(session=session, errands=(), outcome="not_accepted", trace=())
    turn = Turn(flow, session, now, heard=_kind(event), from_carrier=from_carrier)
    outcome = run.take(turn, event)
    if outcome == "not_accepted":
        return _not_accepted(turn, session, event)
    if turn.session != session:
        if not turn.trace:
            note(turn)
        _count_time(turn, session)
    return _finished(turn, session, outcome)


def knows(session: Session, event: Event) -> bool:
    """Whether a step with this event would leave the session as it is: progress of a check that a
    hold has taken already. A host that polls need not step for it."""
    return isinstance(event, PairingProgressed) and check.knows(session, event)


def draw(session: Session) -> Session:
    """Put `pending` on the line as document n+1. Raises ValueError when nothing is pending."""
    if session.pending is None:
        raise ValueError("nothing is pending")
    return replace(session, document=session.pending, pending=None, n=session.n + 1, index=0)


def defer(
    flow: Flow, session: Session, key: str, now: datetime, *, from_carrier: bool = True
) -> Step:
    """The awaited errand is slow: leave a short Hold pending while `wait` stays `errand`.

    `not_accepted` when `key` is not the awaited one. The answer comes later as news from
    elsewhere (`from_carrier` false); each hold turn comes back as `TimedOut`, and when the
    errand's time is over it counts as failed. `from_carrier` is that of the turn.
    """
    turn = Turn(flow, session, now, heard="deferred", from_carrier=from_carrier)
    if session.wait != "errand" or key != session.awaiting:
        return Step(session=session, errands=(), outcome="not_accepted", trace=())
    outcome = run.guarded(turn, lambda: deferral.hold(turn))
    return _finished(turn, session, outcome)


def announce(
    flow: Flow,
    session: Session,
    event: QueueMoved,
    now: datetime,
    *,
    turn: int = 10,
    waited: float | None = None,
) -> tuple[Spoken, ...]:
    """What the queue says now: the route's `announce` prompt, every `announce_every` seconds.

    Pure, changes nothing, never raises: a prompt that cannot be said is left out. `turn` is the
    length in seconds of the queue document that asks, `waited` the seconds in the queue as the
    carrier counts them (else since the screen was shown): the prompt is said in the first `turn`
    seconds of each `announce_every`, so documents of that length say it once, and documents of
    `announce_every` seconds always.
    """
    working = Turn(flow, session, now, heard="queue_moved", from_carrier=False)
    return run.attempt(lambda: _announcement(working, event, turn, waited), otherwise=())


def rescue(
    flow: Flow,
    arrived: CallArrived,
    verdict: IdentityProven | IdentityRefused | None,
    n: int,
    now: datetime,
) -> Step:
    """A live call whose session was lost: apology, then `human`, with the verdict that is kept.

    `n` is the step number of the carrier request in hand. Counts as the first fault.
    """
    session = replace(begin(flow, arrived.call), n=n)
    turn = Turn(flow, session, now, heard="rescued", from_carrier=True)
    run.arrive(turn, arrived)
    if verdict is not None:
        turn.session = standing.with_verdict(turn.session, verdict)
    run.recover(turn, faults.FlowFault("session_lost"))
    return _finished(turn, session, "fault")


def straight_on(flow: Flow, arrived: CallArrived, now: datetime) -> Step:
    """A new call that the host has no room for: one sentence, then `human`. No fault."""
    session = begin(flow, arrived.call)
    turn = Turn(flow, session, now, heard="straight_on", from_carrier=True)
    run.arrive(turn, arrived)
    say(turn, faults.straight_on(flow, session.language))
    outcome = run.guarded(turn, lambda: jump(turn.session.stack, "straight_on", ""))
    return _finished(turn, session, outcome)


def fault_document(flow: Flow | None, language: str, *, queue: str = "") -> Document:
    """Fixed apology, then the fallback queue of the flow's site, or `queue` without a flow.

    With neither, the apology ends the call. The language falls back to Japanese.
    """
    return faults.fault_document(flow, language, queue=queue)


def _kind(event: Event) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def _not_accepted(turn: Turn, session: Session, event: Event) -> Step:
    """Nothing changes, but a carrier request still gets words: the same document again."""
    turn.session, turn.errands, turn.trace = session, [], []
    if turn.from_carrier and isinstance(event, REQUESTS):
        if session.wait == "errand":
            outcome = run.guarded(turn, lambda: deferral.hold(turn))
            return _finished(turn, session, "fault" if outcome == "fault" else "not_accepted")
        again = session.document or faults.fault_document(turn.flow, session.language)
        turn.update(pending=again)
    return Step(session=turn.session, errands=(), outcome="not_accepted", trace=())


def _count_time(turn: Turn, before: Session) -> None:
    """Time in queue and talk does not count against the flow's `max_duration`."""
    spent = before.ivr_ms
    if before.last_at and before.wait not in {"queue", "talk"}:
        spent += max(0, round(seconds_since(before.last_at, turn.now) * 1000))
    turn.update(ivr_ms=spent, last_at=stamp(turn.now))


def _finished(turn: Turn, before: Session, outcome: StepOutcome) -> Step:
    fresh = turn.session.pending is not None and before.pending is None
    if fresh and not turn.from_carrier:
        turn.ask(lambda key: FetchAgain(key=key), awaited=False)
    return Step(
        session=turn.session,
        errands=tuple(turn.errands),
        outcome=outcome,
        trace=tuple(turn.trace),
    )


def _announcement(
    working: Turn, event: QueueMoved, turn: int, waited: float | None
) -> tuple[Spoken, ...]:
    transfer = working.session.transfer
    node = working.frame.node
    kind = working.body.nodes[node].kind if node else None
    if transfer is None or not isinstance(kind, Route) or not kind.announce:
        return ()
    elapsed = seconds_since(transfer.since, working.now) if waited is None else waited
    if elapsed % kind.announce_every >= turn:
        return ()
    queue = {
        "position": event.position,
        "size": event.size,
        "wait": timedelta(seconds=event.wait),
    }
    return speech(working, kind.announce, {"queue": queue})
