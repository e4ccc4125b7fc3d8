"""A recorded call on a version of a flow: what the caller would have heard, and where it ends.

Requests of the carrier and news come as they came, at their time. What the flow asks of the
outside is answered as it was answered then; for what was never asked then: no lookup finds
anything, and errands are done.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ivr.flow_engine import engine
from ivr.flow_engine.call_log.events_again import CODE, answered, arrival, event_of
from ivr.flow_engine.call_log.recording import Entry
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import Errand, LookUp, OpenPairing, RedeemTicket, ShowOperator
from ivr.flow_engine.events import (
    CallbackAnswered,
    ErrandDone,
    ErrandFailed,
    Event,
    LookupAnswered,
    PairingOpened,
)
from ivr.flow_tests.host import Host
from ivr.flow_tests.labelled import Heard, heard, labelled
from ivr.flow_tests.way import Way

_CALL: Final = "replayed"
# What an answer was given to, by what was awaited then.
_WAITED: Final = {
    "opening": "OpenPairing",
    "redeeming": "RedeemTicket",
    "closing": "ClosePairing",
    "extending": "ExtendPairing",
    "lookup": "LookUp",
    "callback": "RegisterCallback",
    "route": "ShowOperator",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """`path` as in tests; `said` prompts in order; `ignored` how many events this version did not
    take. `queue` is the last that the call waited in, empty for none."""

    path: tuple[str, ...]
    said: tuple[Heard, ...]
    queue: str
    fault: str
    ended: bool
    ignored: int = 0

    @property
    def end(self) -> str:
        return self.path[-1] if self.path else ""


@dataclass
class _Recorded(Host):
    """`recorded` holds the answers that were given, by the name of what asked for them."""

    recorded: dict[str, deque[Entry]] = field(default_factory=dict)
    shown: str = ""

    def answer_to(self, errand: Errand) -> Event:
        if isinstance(errand, ShowOperator):
            self.shown = errand.queue
        asked = _asked(errand)
        left = self.recorded.get(asked)
        if not left:
            return _unasked(errand)
        lookup = self.flow.site.lookups.get(errand.name) if isinstance(errand, LookUp) else None
        return answered(left.popleft(), errand.key, lookup, self.now)


def replay(flow: Flow, log: Sequence[Entry], began: datetime) -> Replayed:
    """`log` as recorded, `began` aware. Never raises for a flow that the reader handed out."""
    marked = labelled(flow)
    host = _Recorded(
        flow=marked,
        session=engine.begin(marked, _CALL),
        now=began,
        recorded=_answers(log),
    )
    run = _Run(host=host, way=Way(marked))
    for entry in log:
        host.now = began + timedelta(milliseconds=int(entry.get("at", 0)))
        if entry.get("event") == "call_arrived":
            run.feed(arrival(entry, _CALL), asked=True)
            continue
        event = None if "for" in entry else event_of(entry, host.now)
        if event is not None:
            run.feed(event, asked=bool(entry.get("asked")))
    return Replayed(
        path=run.way.path,
        said=tuple(run.said),
        queue=host.shown,
        fault=next(iter(run.way.faults), ""),
        ended=host.session.wait == "ended",
        ignored=run.ignored,
    )


@dataclass
class _Run:
    host: _Recorded
    way: Way
    said: list[Heard] = field(default_factory=list)
    ignored: int = 0

    def feed(self, event: Event, *, asked: bool) -> None:
        host = self.host
        traced, drawn = len(host.trace), host.session.n
        host.feed(event, from_carrier=asked)
        if host.last is not None and host.last.outcome == "not_accepted":
            self.ignored += 1
            return
        if host.session.pending is not None:
            host.fetch()
        frame = host.session.stack[-1]
        self.way.take(host.trace[traced:], frame.flow, frame.node)
        document = host.session.document
        if host.session.n != drawn and document is not None:
            self.said.extend(heard(document))


def _answers(log: Sequence[Entry]) -> dict[str, deque[Entry]]:
    found: dict[str, deque[Entry]] = {}
    for entry in log:
        if "for" not in entry:
            continue
        asked = _WAITED.get(str(entry["for"]), "")
        if entry["for"] == "lookup":
            asked = f"LookUp {entry.get('name', '')}"
        found.setdefault(asked, deque()).append(entry)
    return found


def _asked(errand: Errand) -> str:
    name = type(errand).__name__
    return f"{name} {errand.name}" if isinstance(errand, LookUp) else name


def _unasked(errand: Errand) -> Event:
    if isinstance(errand, OpenPairing):
        return PairingOpened(key=errand.key, code="" if errand.mode == "sms_link" else CODE)
    if isinstance(errand, LookUp):
        return LookupAnswered(key=errand.key, outcome="none")
    if isinstance(errand, RedeemTicket):
        return ErrandFailed(key=errand.key, reason="no_ticket")
    if type(errand).__name__ == "RegisterCallback":
        return CallbackAnswered(key=errand.key, outcome="accepted")
    return ErrandDone(key=errand.key)
