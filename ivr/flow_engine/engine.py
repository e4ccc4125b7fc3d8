"""The flow engine: a pure step from session and event to session, errands and a document.

The host loads the session, calls `step`, does the errands in order and feeds the awaited answer
(`session.awaiting`) back by `step`, until `session.wait` is no longer `errand`; then it saves,
draws when a carrier request asked, and does `FetchAgain` last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import Errand
from ivr.flow_engine.events import CallArrived, Event, IdentityProven, IdentityRefused, QueueMoved
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn.trace import TraceEntry
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
    raise NotImplementedError


def step(flow: Flow, session: Session, event: Event, now: datetime, *, from_carrier: bool) -> Step:
    """Take one event. `now` is aware. Never raises for an event or a broken flow.

    `from_carrier` is true for a carrier request that consumes n and for the answers of errands
    within its turn; false for news from elsewhere (and their answers), status callbacks and
    answers that come later. A carrier turn always ends with `session.pending` set; if something
    is pending already, its event is dropped (`not_accepted`) and the host draws what is pending.
    """
    raise NotImplementedError


def draw(session: Session) -> Session:
    """Put `pending` on the line as document n+1. Raises ValueError when nothing is pending."""
    raise NotImplementedError


def defer(flow: Flow, session: Session, key: str, now: datetime) -> Step:
    """The awaited errand is slow: leave a short Hold pending while `wait` stays `errand`.

    `not_accepted` when `key` is not the awaited one.
    """
    raise NotImplementedError


def announce(
    flow: Flow, session: Session, event: QueueMoved, now: datetime, *, turn: int = 10
) -> tuple[Spoken, ...]:
    """What the queue says now: the route's `announce` prompt, every `announce_every` seconds.

    Pure, changes nothing. `turn` is the length in seconds of the queue document that asks: the
    prompt is said when an announcement fell due within the last `turn` seconds, so documents of
    `announce_every` seconds always say it.
    """
    raise NotImplementedError


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
    raise NotImplementedError


def fault_document(flow: Flow | None, language: str, *, queue: str = "") -> Document:
    """Fixed apology, then the fallback queue of the flow's site, or `queue` without a flow.

    With neither, the apology ends the call. The language falls back to Japanese.
    """
    raise NotImplementedError
