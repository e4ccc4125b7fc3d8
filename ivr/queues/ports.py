"""What queueing asks of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.queues.model import Operator, Presence, Waiting


class WaitingCalls(Protocol):
    async def enter(self, waiting: Waiting) -> Waiting:
        """Idempotent by token: the first row stands and is returned."""
        ...

    async def by_token(self, tenant: str, token: str) -> Waiting | None: ...

    async def by_call(self, tenant: str, call_ref: str) -> Waiting | None:
        """The newest row of a call."""
        ...

    async def open(self, tenant: str) -> Sequence[Waiting]:
        """All rows not GONE, highest priority first, then longest waiting."""
        ...

    async def change(self, before: Waiting, after: Waiting) -> bool:
        """Compare and set on `version`."""
        ...


class Operators(Protocol):
    async def by_id(self, tenant: str, operator: str) -> Operator | None: ...

    async def all(self, tenant: str) -> Sequence[Operator]: ...

    async def set_presence(
        self, tenant: str, operator: str, presence: Presence, *, at: datetime, idle: bool
    ) -> None:
        """`idle` starts the idle clock anew at `at`."""
        ...


class PhoneTrouble(Exception):
    """The phone company could not do it, or the leg is gone. Failed outside, retryable."""


class OperatorPhones(Protocol):
    """The phone company's side of *answer*. Raises PhoneTrouble."""

    async def ring_operator(self, phone: str, *, token: str, dialled: str) -> str: ...

    async def hang_up(self, carrier_call_id: str) -> None: ...


class QueueNews(Protocol):
    """Tell the consoles of one tenant that something changed. Disposable."""

    async def tell(self, tenant: str, *, operator: str | None, what: str, token: str) -> None:
        """`what`: waiting, offer, offer_ended, ringing, talking, ended, presence, pop (look again).

        `operator` None tells all consoles of the tenant.
        """
        ...
