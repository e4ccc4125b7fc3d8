"""What came of playing one test."""

from dataclasses import dataclass

from ivr.flow_engine.source.findings import At
from ivr.flow_tests.labelled import Heard
from ivr.flow_tests.model import FlowTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where the call was: `<flow>/<node>`, the file and line of that node, and the last prompt."""

    node: str
    file: str
    line: int
    last: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`code` is a row of `words`; `what` is the step or the expectation, `expected` and `found`
    names of the flow."""

    at: At
    code: str
    what: str
    expected: str
    found: str
    where: Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`nodes` are (flow id, node) that the call entered, `exits` (flow id, node, exit) it took.

    `path` has the nodes in order as `Expected.path` names them.
    """

    test: FlowTest
    failures: tuple[Failure, ...]
    nodes: frozenset[tuple[str, str]]
    exits: frozenset[tuple[str, str, str]]
    path: tuple[str, ...]
    said: tuple[Heard, ...]

    @property
    def passed(self) -> bool:
        return not self.failures
