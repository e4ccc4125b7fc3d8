"""The ports of queueing in memory, with the same compare-and-set as the SQL stores."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ivr.queues import rules
from ivr.queues.answering import Answering
from ivr.queues.asides import Asides
from ivr.queues.callback_list import CallbackList
from ivr.queues.entering import Entering
from ivr.queues.model import (
    BUSY,
    Callback,
    CallbackState,
    Move,
    Operator,
    Presence,
    Waiting,
    WaitingState,
)
from ivr.queues.offering import Floor, Offering
from ivr.queues.placed_talks import PlacedTalks
from ivr.queues.ports import PhoneTrouble, QueueNews
from ivr.queues.presence import PresenceChoices
from ivr.queues.ringing_back import RingingBack

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TENANT = "main"


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Pace:
    """How long a store takes, in turns of the loop: verbs side by side interleave as over SQL."""

    def __init__(self, seed: int | None = None) -> None:
        self._chance = None if seed is None else random.Random(seed)  # noqa: S311  # a test's dice

    async def __call__(self) -> None:
        for _ in range(1 if self._chance is None else self._chance.randrange(1, 8)):
            await asyncio.sleep(0)


def _is_open(row: Waiting, beside: Waiting) -> bool:
    return row.tenant == beside.tenant and row.state is not WaitingState.GONE


class MemoryWaiting:
    """`operators` are those whose state changes with a row."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.operators = MemoryOperators()
        self.rows: dict[tuple[str, str], Waiting] = {}

    async def enter(self, waiting: Waiting) -> Waiting:
        await self.pace()
        return self.rows.setdefault((waiting.tenant, waiting.token), waiting)

    async def by_token(self, tenant: str, token: str) -> Waiting | None:
        await self.pace()
        return self.rows.get((tenant, token))

    async def by_call(self, tenant: str, call_ref: str) -> Waiting | None:
        await self.pace()
        mine = [r for r in self.rows.values() if (r.tenant, r.call_ref) == (tenant, call_ref)]
        return max(mine, key=lambda row: row.since, default=None)

    async def open(self, tenant: str) -> Sequence[Waiting]:
        await self.pace()
        rows = [
            r for r in self.rows.values() if r.tenant == tenant and r.state is not WaitingState.GONE
        ]
        return sorted(rows, key=lambda row: (-row.priority, row.since, row.token))

    async def change(self, before: Waiting, after: Waiting, move: Move | None = None) -> bool:
        await self.pace()
        key = (before.tenant, before.token)
        if key not in self.rows or self.rows[key].version != before.version:
            return False
        if after.offered_to and after.state is not WaitingState.GONE:
            rest = (row for mine, row in self.rows.items() if mine != key)
            if any(row.offered_to == after.offered_to for row in rest if _is_open(row, after)):
                return False
        if not self.operators.takes(move):
            return False
        self.rows[key] = replace(after, version=before.version + 1)
        return True


class MemoryCallbacks:
    """As `MemoryWaiting`."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.operators = MemoryOperators()
        self.rows: dict[tuple[str, str], Callback] = {}

    async def register(self, callback: Callback) -> Callback:
        await self.pace()
        return self.rows.setdefault((callback.tenant, callback.id), callback)

    async def by_id(self, tenant: str, callback: str) -> Callback | None:
        await self.pace()
        return self.rows.get((tenant, callback))

    async def open(self, tenant: str) -> Sequence[Callback]:
        await self.pace()
        rows = [row for row in self.rows.values() if row.tenant == tenant]
        waiting = [row for row in rows if row.state is not CallbackState.DONE]
        return sorted(waiting, key=lambda row: (row.due_at, row.since, row.id))

    async def asked_since(self, tenant: str, since: datetime) -> int:
        await self.pace()
        rows = self.rows.values()
        return sum(row.tenant == tenant and row.since > since for row in rows)

    async def change(self, before: Callback, after: Callback, move: Move | None = None) -> bool:
        await self.pace()
        key = (before.tenant, before.id)
        if key not in self.rows or self.rows[key].version != before.version:
            return False
        if not self.operators.takes(move):
            return False
        self.rows[key] = replace(after, version=before.version + 1)
        return True

    async def drop_done(self, before: datetime) -> int:
        done = [key for key, row in self.rows.items() if row.state is CallbackState.DONE]
        for key in done:
            del self.rows[key]
        return len(done)


class MemoryOperators:
    def __init__(self, *operators: Operator) -> None:
        self.pace = Pace()
        self.known = {(o.tenant, o.id): o for o in operators}

    async def by_id(self, tenant: str, operator: str) -> Operator | None:
        await self.pace()
        return self.known.get((tenant, operator))

    async def all(self, tenant: str) -> Sequence[Operator]:
        await self.pace()
        return [o for o in self.known.values() if o.tenant == tenant]

    async def set_presence(
        self, tenant: str, operator: str, presence: Presence, *, at: datetime, idle: bool
    ) -> None:
        await self.pace()
        before = self.known[tenant, operator]
        if idle:
            self.known[tenant, operator] = before = replace(before, idle_since=at)
        assert self.takes(Move(known=before, presence=presence, at=at))

    async def move(self, move: Move) -> bool:
        await self.pace()
        return self.takes(move)

    def takes(self, move: Move | None) -> bool:
        """At once, as in the transaction of the row that changes with it."""
        if move is None:
            return True
        key = (move.known.tenant, move.known.id)
        now, read = self.known[key], move.known
        if (now.presence, now.presence_since, now.after_call) != (
            read.presence,
            read.presence_since,
            read.after_call,
        ):
            return False
        wish = now.after_call if move.presence in BUSY else None
        self.known[key] = replace(
            now, presence=move.presence, presence_since=move.at, after_call=wish
        )
        return True

    async def wish(self, tenant: str, operator: str, after_call: Presence | None) -> bool:
        await self.pace()
        before = self.known[tenant, operator]
        if before.presence not in BUSY:
            return False
        self.known[tenant, operator] = replace(before, after_call=after_call)
        return True


class MemoryPhones:
    """Legs by number; `trouble` makes the next ring fail, `meanwhile` runs before it returns."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []
        self.live: set[str] = set()
        self.trouble = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def ring_operator(self, phone: str, *, token: str, dialled: str) -> str:
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.trouble:
            self.trouble = False
            raise PhoneTrouble
        self.rung.append((phone, token))
        leg = f"leg-{len(self.rung)}"
        self.live.add(leg)
        return leg

    async def ring_back(self, phone: str, *, callback: str, dialled: str) -> str:
        return await self.ring_operator(phone, token=callback, dialled=dialled)

    async def hang_up(self, carrier_call_id: str) -> None:
        if carrier_call_id not in self.live:
            raise PhoneTrouble
        self.live.discard(carrier_call_id)


class HeardNews:
    def __init__(self) -> None:
        self.told: list[tuple[str, str | None, str]] = []

    async def tell(self, tenant: str, *, operator: str | None, what: str, token: str) -> None:
        self.told.append((what, operator, token))


def operator(id: str, **other: object) -> Operator:  # noqa: A002  # the field's own name
    known = Operator(
        tenant=TENANT,
        id=id,
        name=f"Operator {id}",
        phone=f"+8131111{ord(id[0]):04d}",
        queues=("general",),
        presence=Presence.AVAILABLE,
        idle_since=START,
        presence_since=START,
    )
    return replace(known, **other)  # type: ignore[arg-type]  # tests name fields freely


def callback(id: str, **other: object) -> Callback:  # noqa: A002  # the field's own name
    row = Callback(
        tenant=TENANT,
        id=id,
        call_ref=f"call-{id}",
        queue="general",
        number=f"+8190{ord(id[-1]):08d}",
        dialled="+81312345678",
        since=START,
        due_at=START,
        keep_result=1800,
    )
    return replace(row, **other)  # type: ignore[arg-type]  # tests name fields freely


def waiting(token: str, **other: object) -> Waiting:
    row = Waiting(
        tenant=TENANT,
        token=token,
        call_ref=f"call-{token}",
        queue="general",
        priority=0,
        since=START,
        max_wait=300,
        reason="",
        attributes={},
        dialled="+81312345678",
    )
    return replace(row, **other)  # type: ignore[arg-type]  # tests name fields freely


@dataclass
class QueueRoom:
    """Every verb over one set of adapters."""

    operators: MemoryOperators
    news: QueueNews = field(default_factory=HeardNews)
    clock: Clock = field(default_factory=Clock)
    waiting: MemoryWaiting = field(default_factory=MemoryWaiting)
    callbacks: MemoryCallbacks = field(default_factory=MemoryCallbacks)
    phones: MemoryPhones = field(default_factory=MemoryPhones)

    def __post_init__(self) -> None:
        self.waiting.operators = self.callbacks.operators = self.operators
        self.floor = Floor(
            waiting=self.waiting,
            callbacks=self.callbacks,
            operators=self.operators,
            news=self.news,
            now=self.clock,
        )
        self.offering = Offering(self.floor)
        self.entering = Entering(self.floor, self.offering, self.phones)
        self.answering = Answering(self.floor, self.offering, self.phones)
        self.asides = Asides(self.floor, self.offering)
        self.placed_talks = PlacedTalks(self.floor)
        self.presence = PresenceChoices(self.floor, self.offering)
        self.callback_list = CallbackList(self.floor, per_day=rules.MOST_CALLBACKS)
        self.ringing_back = RingingBack(self.floor, self.offering, self.phones)

    def row(self, token: str) -> Waiting:
        return self.waiting.rows[TENANT, token]

    def who(self, operator: str) -> Operator:
        return self.operators.known[TENANT, operator]


def room(*operators: Operator) -> QueueRoom:
    return QueueRoom(MemoryOperators(*operators))
