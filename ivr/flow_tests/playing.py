"""A call of a test under way: what it heard so far, where it went, and what it is fed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow, FlowBody, Kind
from ivr.flow_engine.errands import Errand, LookUp, ShowOperator
from ivr.flow_engine.events import CallArrived, Event, QueueMoved
from ivr.flow_engine.readings.number_kinds import believable, kind_of
from ivr.flow_engine.voice_actions import Document, HangUp
from ivr.flow_tests.host import Host, Script, Watch, unwatched
from ivr.flow_tests.labelled import Heard, heard, heard_parts, labelled
from ivr.flow_tests.model import FlowTest, LookupAnswer
from ivr.flow_tests.result import Whereabouts
from ivr.flow_tests.way import Way

VALID_TICKET: Final = "0123456789"
_AFTER_TICKET: Final = "matching_contract"  # where a pairing stands that a ticket brought


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A document as it was put on the line, after `traced` entries of the trace, at a node of a
    flow; `n` is 0 for an announcement in a queue."""

    n: int
    document: Document
    traced: int
    flow: str
    node: str


class Playing:
    """A call under way; `watch` hears of every step. `shown` is the last routing, `looked_up` the
    lookups that were asked."""

    def __init__(self, flow: Flow, test: FlowTest, watch: Watch = unwatched) -> None:
        self.flow = labelled(flow, shown=True)
        tickets = {VALID_TICKET: _AFTER_TICKET, VALID_TICKET[:8]: _AFTER_TICKET}
        self.host = Host(
            flow=self.flow,
            session=engine.begin(self.flow, "test"),
            now=test.starts,
            script=Script(lookups=scripted(test.lookups), tickets=tickets, callback=test.callback),
            watch=watch,
        )
        self.way = Way(self.flow)
        self.said: list[Heard] = []
        self.drawn: list[Drawn] = []
        self.shown: ShowOperator | None = None
        self.looked_up: set[str] = set()
        self.silent = 0.0  # seconds of the document on the line that have passed
        self._arrive(test)

    @property
    def ended(self) -> bool:
        return self.host.session.wait == "ended"

    @property
    def kind(self) -> Kind | None:
        """The node the call is at."""
        node = self._body.nodes.get(self.host.session.stack[-1].node)
        return node.kind if node else None

    @property
    def where(self) -> Whereabouts:
        frame = self.host.session.stack[-1]
        body = self._body
        main = body is self.flow.main
        node = body.nodes.get(frame.node)
        return Whereabouts(
            node=frame.node if main else f"{frame.flow}/{frame.node}",
            file=body.file,
            line=node.line if node else 1,
            last=self.said[-1] if self.said else None,
        )

    def request(self, event: Event) -> bool:
        """A request of the carrier. False when the flow does not take what came."""
        return self._feed(event, from_carrier=True)

    def news(self, event: Event) -> bool:
        """From elsewhere; what is to be heard of it is fetched at once."""
        taken = self._feed(event, from_carrier=False)
        if self.host.session.pending is not None:
            self.host.fetch()
            self._drawn()
        return taken

    def look_at_queue(self) -> None:
        """The caller is first in the queue; what the route announces now is said."""
        event = QueueMoved(position=1, size=1, wait=0)
        spoken = engine.announce(self.flow, self.host.session, event, self.host.now)
        self.said.extend(heard_parts(spoken))
        if spoken:
            self._put_on_line(0, Document(spoken=spoken, closing=HangUp()))

    @property
    def _body(self) -> FlowBody:
        flow = self.host.session.stack[-1].flow
        return self.flow.main if flow == self.flow.main.id else self.flow.subflows[flow]

    def _arrive(self, test: FlowTest) -> None:
        number = believable(test.caller)
        kind = kind_of(number) if number else "withheld"
        plain = (
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if number
            else ""
        )
        self.request(CallArrived(call="test", number=plain, number_kind=kind, dialled=test.dialled))

    def _feed(self, event: Event, *, from_carrier: bool) -> bool:
        drawn, traced = self.host.session.n, len(self.host.trace)
        self._showed(self.host.feed(event, from_carrier=from_carrier))
        frame = self.host.session.stack[-1]
        self.way.take(self.host.trace[traced:], frame.flow, frame.node)
        if self.host.session.n != drawn:
            self._drawn()
        return self.host.last is None or self.host.last.outcome != "not_accepted"

    def _drawn(self) -> None:
        document = self.host.session.document
        if document is not None:
            self.said.extend(heard(document))
            self._put_on_line(self.host.session.n, document)
        if self.host.session.wait == "queue":
            self.look_at_queue()
        self.silent = 0.0

    def _put_on_line(self, n: int, document: Document) -> None:
        at, traced = self.host.session.stack[-1], len(self.host.trace)
        self.drawn.append(Drawn(n=n, document=document, traced=traced, flow=at.flow, node=at.node))

    def _showed(self, errands: Sequence[Errand]) -> None:
        for errand in errands:
            if isinstance(errand, ShowOperator):
                self.shown = errand
            if isinstance(errand, LookUp):
                self.looked_up.add(errand.name)


def scripted(lookups: Mapping[str, LookupAnswer]) -> dict[str, object]:
    return {
        name: {"found": dict(answer.fields)} if answer.outcome == "found" else answer.outcome
        for name, answer in lookups.items()
    }
