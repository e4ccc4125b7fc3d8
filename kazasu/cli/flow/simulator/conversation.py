"""A conversation with a flow: what is typed moves a call on the real engine, as a test would."""

import math
from datetime import datetime
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.source.findings import At
from ivr.flow_engine.turn.trace import TraceEntry
from ivr.flow_tests.model import Expected, FlowTest, LookupAnswer, Step
from ivr.flow_tests.player import took
from ivr.flow_tests.playing import Drawn, Playing, scripted
from ivr.flow_tests.result import Failure
from ivr.flow_tests.steps import seconds_left
from kazasu.cli.flow.simulator.saved import written
from kazasu.cli.flow.simulator.typed import SetLookup

TYPED_AT: Final = At(file="-", line=1, col=1)


class Refused(Exception):
    """What was typed does not fit; `code` is a row of the simulator's words."""

    def __init__(self, code: str, known: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.known = known


class Conversation:
    """`call` is (from, to). Steps that did not fit are not kept."""

    def __init__(self, flow: Flow, *, starts: datetime, call: tuple[str, str]) -> None:
        self._flow = flow
        self._starts = starts
        self._call = call
        self._steps: list[Step] = []
        self._lookups: dict[str, LookupAnswer] = {}
        test = FlowTest(
            name="simulated",
            at=TYPED_AT,
            starts=starts,
            caller=call[0],
            dialled=call[1],
            steps=(),
            expect=Expected(),
        )
        self.playing = Playing(flow, test)
        self._drawn = 0
        self._traced = 0

    def take(self, step: Step) -> Failure | None:
        """Why it did not fit; None when the call went on."""
        failure = took(self.playing, step)
        if failure is None:
            self._steps.append(step)
        return failure

    def silence(self) -> Failure | None:
        """As long as the document on the line goes on listening or holding."""
        seconds = max(1, math.ceil(seconds_left(self.playing)))
        return self.take(Step(kind="wait", seconds=seconds, at=TYPED_AT))

    def set_lookup(self, typed: SetLookup) -> None:
        """Raises Refused for a lookup that the site does not have, or that was asked already."""
        entry = self._flow.site.lookups.get(typed.name)
        if entry is None:
            raise Refused("no_lookup", ", ".join(self._flow.site.lookups))
        if typed.name in self.playing.looked_up:
            raise Refused("asked_already")
        if not set(typed.fields) <= set(entry.fields):
            raise Refused("no_field", ", ".join(entry.fields))
        fields = {name: _value(text, entry.fields[name]) for name, text in typed.fields.items()}
        self._lookups[typed.name] = LookupAnswer(outcome=typed.outcome, fields=fields)
        self.playing.host.script.lookups = scripted(self._lookups)

    def set_callback(self, outcome: str) -> None:
        self.playing.host.script.callback = outcome

    def news(self) -> list[tuple[tuple[TraceEntry, ...], Drawn | None]]:
        """What happened since last asked: ways taken, each with the document that followed."""
        trace = self.playing.host.trace
        found: list[tuple[tuple[TraceEntry, ...], Drawn | None]] = []
        for drawn in self.playing.drawn[self._drawn :]:
            found.append((tuple(trace[self._traced : drawn.traced]), drawn))
            self._traced = drawn.traced
        if trace[self._traced :]:
            found.append((tuple(trace[self._traced :]), None))
        self._drawn, self._traced = len(self.playing.drawn), len(trace)
        return found

    def as_test(self, name: str) -> str:
        return written(
            self.playing,
            self._steps,
            self._lookups,
            name=name,
            starts=self._starts,
            call=self._call,
        )


def _value(text: str, kind: str) -> Scalar:
    """Raises Refused for a number that is none."""
    if kind == "bool":
        return text == "true"
    if kind not in ("int", "yen"):
        return text
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("no_number")
    return int(text)
