"""What queueing asks of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.queues.model import Callback, Move, Operator, Presence, Waiting


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

    async def change(self, before: Waiting, after: Waiting, move: Move | None = None) -> bool:
        """Compare and set on `version`, and the operator's state with it: both or neither.

        False too when the operator is not any more what was read, or would be given (`offered_to`)
        a second call: offers are made by several processes at once."""
        ...


class Operators(Protocol):
    async def by_id(self, tenant: str, operator: str) -> Operator | None: ...

    async def all(self, tenant: str) -> Sequence[Operator]: ...

    async def set_presence(
        self, tenant: str, operator: str, presence: Presence, *, at: datetime, idle: bool
    ) -> None:
        """`idle` starts the idle clock anew at `at`. A wish for afterwards ends unless the state
        is one of `BUSY`."""
        ...

    async def move(self, move: Move) -> bool:
        """False when the operator is not any more what was read."""
        ...

    async def wish(self, tenant: str, operator: str, after_call: Presence | None) -> bool:
        """What to become after the call. False, with nothing kept, when they are not in `BUSY`."""
        ...


class Callbacks(Protocol):
    async def register(self, callback: Callback) -> Callback:
        """Idempotent by id: the first row stands and is returned."""
        ...

    async def by_id(self, tenant: str, callback: str) -> Callback | None: ...

    async def open(self, tenant: str) -> Sequence[Callback]:
        """All rows not DONE: those due first, then longest waiting."""
        ...

    async def asked_since(self, tenant: str, since: datetime) -> int:
        """How many asked after then, DONE or not, as far as rows are still kept."""
        ...

    async def change(self, before: Callback, after: Callback, move: Move | None = None) -> bool:
        """Compare and set on `version`, and the operator's state with it: both or neither. False
        too when the operator is not any more what was read."""
        ...

    async def drop_done(self, before: datetime) -> int:
        """Forget what was last changed before then and is done; returns how many."""
        ...


class PhoneTrouble(Exception):
    """The phone company could not do it, or the leg is gone. Failed outside, retryable."""


class OperatorPhones(Protocol):
    """The phone company's side of *answer*. Raises PhoneTrouble."""

    async def ring_operator(self, phone: str, *, token: str, dialled: str) -> str: ...

    async def ring_back(self, phone: str, *, callback: str, dialled: str) -> str:
        """Ring the operator's `phone`; answered, it is connected with the one who asked for
        `callback`. Returns the carrier's id of the operator's leg."""
        ...

    async def hang_up(self, carrier_call_id: str) -> None: ...


class QueueNews(Protocol):
    """Tell the consoles of one tenant that something changed. Disposable."""

    async def tell(self, tenant: str, *, operator: str | None, what: str, token: str) -> None:
        """`what`: waiting, offer, offer_ended, ringing, talking, ended, presence, pop (look again),
        callback (`token` is then its id).

        `operator` None tells all consoles of the tenant.
        """
        ...
