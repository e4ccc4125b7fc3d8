"""The way a call took, put together from the trace that its steps leave behind."""

from collections.abc import Sequence
from typing import Final

from ivr.flow_engine.definition import Flow, Subflow
from ivr.flow_engine.turn.trace import TraceEntry

_STAYS: Final = frozenset({"", "step_up"})  # noted while the call stays at the node
_INTO: Final = "enter"
_HANG_UP: Final = "hangup"


class Way:
    """Nodes entered and exits taken. `take` what a step traced, and where the call then stands."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._left = True
        self._entered: list[tuple[str, str]] = []
        self.exits: set[tuple[str, str, str]] = set()
        self.faults: list[str] = []

    @property
    def nodes(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._entered)

    @property
    def path(self) -> tuple[str, ...]:
        """Nodes of the main flow as they are, those of a sub-flow as `<sub-flow>/<node>`."""
        main = self._flow.main.id
        return tuple(node if flow == main else f"{flow}/{node}" for flow, node in self._entered)

    def take(self, trace: Sequence[TraceEntry], flow: str, node: str) -> None:
        for entry in trace:
            if entry.fault:
                self.faults.append(entry.fault)
            here = (entry.flow, entry.node)
            if not entry.node:
                continue
            if not self._comes_back(entry) and not self._ended(*here):
                self._at(here)
            if entry.exit not in _STAYS:
                self.exits.add((*here, entry.exit))
                self._left = True
        if node and not self._ended(flow, node):
            self._at((flow, node))

    def _ended(self, flow: str, node: str) -> bool:
        """The last node of a call is left by hanging up, and the call stands there still."""
        return (flow, node, _HANG_UP) in self.exits

    def _at(self, here: tuple[str, str]) -> None:
        if self._left or self._entered[-1] != here:
            self._entered.append(here)
        self._left = False

    def _comes_back(self, entry: TraceEntry) -> bool:
        """The exit of a sub-flow is noted at the node that went into it: no new visit."""
        main = entry.flow == self._flow.main.id
        body = self._flow.main if main else self._flow.subflows.get(entry.flow)
        known = body.nodes.get(entry.node) if body else None
        into = known is not None and isinstance(known.kind, Subflow)
        return into and entry.exit not in (_INTO, "")
