"""Where the parties write down what they did, as it happens."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import inf

from tests.chaos.history.operations import Kind, Operation, Outcome


@dataclass(slots=True)
class Entry:
    """One that goes on. Left as it is, nobody knows whether it happened."""

    outcome: Outcome = Outcome.UNKNOWN
    facts: dict[str, str] = field(default_factory=dict)

    def ok(self, **facts: str) -> None:
        self.outcome = Outcome.OK
        self.facts.update(facts)

    def fail(self, **facts: str) -> None:
        self.outcome = Outcome.FAIL
        self.facts.update(facts)


@dataclass(slots=True)
class Notebook:
    operations: list[Operation] = field(default_factory=list)

    @asynccontextmanager
    async def writing(
        self, kind: Kind, call: str, facts: Mapping[str, str] | None = None
    ) -> AsyncIterator[Entry]:
        """The block does it and says how it ended; whatever it raises passes through."""
        entry, place = Entry(facts=dict(facts or {})), len(self.operations)
        invoked = Operation(
            kind=kind,
            call=call,
            outcome=Outcome.INVOKE,
            began=time.monotonic(),
            ended=inf,
            wall=datetime.now(UTC),
            facts=entry.facts,
        )
        self.operations.append(invoked)
        try:
            yield entry
        finally:
            self.operations[place] = replace(
                invoked,
                outcome=entry.outcome,
                ended=time.monotonic(),
                wall=datetime.now(UTC),
            )
