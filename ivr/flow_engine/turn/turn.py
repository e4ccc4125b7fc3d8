"""The working copy of one step: the session as far as it has come, and what it leaves behind.

Nodes change the session only through it. It never leaves the step, so the step stays pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ivr.flow_engine.definition import Flow, FlowBody
from ivr.flow_engine.errands import Errand
from ivr.flow_engine.session import Frame, Session, TurnState, Wait
from ivr.flow_engine.turn import limits, scope
from ivr.flow_engine.turn.trace import TraceEntry
from ivr.flow_engine.voice_actions import Closing, Document


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: equal times are equal texts."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def seconds_since(stamped: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(stamped)).total_seconds()


class Turn:
    """`now` is aware; `heard` is the kind of event that moves this step, for the trace."""

    def __init__(
        self, flow: Flow, session: Session, now: datetime, *, heard: str, from_carrier: bool
    ) -> None:
        self.flow = flow
        self.session = session
        self.now = now
        self.heard = heard
        self.from_carrier = from_carrier
        self.errands: list[Errand] = []
        self.trace: list[TraceEntry] = []

    @property
    def frame(self) -> Frame:
        return self.session.stack[-1]

    @property
    def body(self) -> FlowBody:
        """The file the call is in. KeyError when the flow does not have it."""
        main = self.flow.main
        return main if self.frame.flow == main.id else self.flow.subflows[self.frame.flow]

    def update(self, **changes: Any) -> None:
        """What is so already is left: a session has many fields to copy."""
        session = self.session
        if any(getattr(session, name) != value for name, value in changes.items()):
            self.session = replace(session, **changes)

    def update_frame(self, **changes: Any) -> None:
        self.update(stack=(*self.session.stack[:-1], replace(self.frame, **changes)))

    def scope(self, more: Mapping[str, object] | None = None) -> dict[str, object]:
        """What may be read here; `more` adds names of one place (`value`, `queue`)."""
        return {**scope.of(self.body, self.session, self.now), **(more or {})}

    def close(self, closing: Closing, wait: Wait) -> None:
        """End the turn with a document."""
        document = Document(spoken=self.session.turn.spoken, closing=closing)
        self.update(pending=document, wait=wait, awaiting="", turn=TurnState())

    def ask(self, make: Callable[[str], Errand], *, awaited: bool = True) -> str:
        """Ask an errand and give its key. An awaited one ends the step."""
        session = self.session
        key = f"{session.call}:{session.n}:{session.index}"
        self.errands.append(make(key))
        self.update(index=session.index + 1)
        if awaited:
            turn = replace(session.turn, rounds=session.turn.rounds + 1)
            self.update(wait="errand", awaiting=key, asked_at=stamp(self.now), turn=turn)
            limits.check_rounds(self.session)
        return key


def note(turn: Turn, exit_name: str = "", keys: str = "", fault: str = "") -> None:
    """Trace the node the call is at."""
    session = turn.session
    elapsed = max(0.0, seconds_since(session.last_at, turn.now)) if session.last_at else 0.0
    at = session.stack[-1] if session.stack else Frame(flow=turn.flow.main.id, node="")
    entry = TraceEntry(
        flow=at.flow,
        node=at.node,
        exit=exit_name,
        input=turn.heard,
        keys=keys,
        milliseconds=round(elapsed * 1000),
        fault=fault,
    )
    turn.trace.append(entry)
