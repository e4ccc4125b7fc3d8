"""A test of a flow as its designer wrote it, every part with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ivr.flow_engine.events import Scalar
from ivr.flow_engine.outcomes import LEFT, ROUTE_EXITS
from ivr.flow_engine.source.findings import At

TICKETS: Final = ("valid", "unknown", "none")
QUEUE_OUTCOMES: Final = (*ROUTE_EXITS, LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A prompt id, node or other name that is expected, and where that is written."""

    text: str
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`kind` is press, wait, speech, ticket, hint, identity, queue, repudiate or hang_up.

    `text` is what was pressed or said, or the ticket, hint, exit or outcome; `seconds` is the
    length of a wait. Levels of `identity` are empty for those the flow requires.
    """

    kind: str
    at: At
    text: str = ""
    seconds: int = 0
    identity: str = ""
    binding: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.text or (f'{self.seconds}s' if self.seconds else '')}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAnswer:
    outcome: str
    fields: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`said` and `path` in order, gaps allowed. `path` names nodes of the main flow as they are,
    those of a sub-flow as `<sub-flow>/<node>`; `end` is the last node of it."""

    queue: Word | None = None
    priority: tuple[int, At] | None = None
    said: tuple[Word, ...] = ()
    path: tuple[Word, ...] = ()
    not_said: tuple[Word, ...] = ()
    vars: Mapping[str, tuple[object, At]] = field(default_factory=dict)
    end: Word | None = None
    fault: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTest:
    """`starts` is aware. `caller` is E.164, empty when withheld. `callback` is how a call-back
    that is asked for is answered."""

    name: str
    at: At
    starts: datetime
    caller: str
    dialled: str
    steps: tuple[Step, ...]
    expect: Expected
    lookups: Mapping[str, LookupAnswer] = field(default_factory=dict)
    callback: str = "accepted"
