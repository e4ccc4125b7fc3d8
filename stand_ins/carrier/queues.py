"""Call queues: first in, first out; made by the first call that is put into one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from stand_ins.carrier.calls.bridge import Bridge

MAX_SIZE = 1000


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A waiting call. `taken` is set when a Dial has chosen it, with the bridge to join."""

    call_sid: str
    enqueued: datetime
    joined_at: float
    now: Callable[[], float]
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    bridge: Bridge | None = None
    waited: float | None = None

    def wait_time(self) -> int:
        """Whole carrier seconds in the queue; stops when the call is taken out."""
        return int((self.now() if self.waited is None else self.waited) - self.joined_at)

    def take(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.waited = self.now()
        self.taken.set()


@dataclass(slots=True, kw_only=True, eq=False)
class Queue:
    """One queue of waiting calls."""

    sid: str
    name: str
    created: datetime
    max_size: int = MAX_SIZE
    members: list[Member] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, call_sid: str, now: Callable[[], float]) -> Member:
        member = Member(call_sid=call_sid, enqueued=datetime.now(UTC), joined_at=now(), now=now)
        self.members.append(member)
        news, self._news = self._news, asyncio.Event()
        news.set()
        return member

    def leave(self, member: Member) -> None:
        if member in self.members:
            self.members.remove(member)
        if member.waited is None:
            member.waited = member.now()

    def position(self, member: Member) -> int:
        """From 1."""
        return self.members.index(member) + 1 if member in self.members else 0

    def average_wait(self) -> int:
        return sum(m.wait_time() for m in self.members) // max(len(self.members), 1)

    async def next_member(self) -> Member:
        """The one who has waited longest, taken out; waits while there is none."""
        while not self.members:
            await self._news.wait()
        return self.members.pop(0)


@dataclass(slots=True)
class Queues:
    """All queues of the account."""

    _by_sid: dict[str, Queue] = field(default_factory=dict)

    def named(self, name: str) -> Queue | None:
        return next((q for q in self._by_sid.values() if q.name == name), None)

    def find(self, sid: str) -> Queue | None:
        return self._by_sid.get(sid)

    def demand(self, name: str) -> Queue:
        """The queue with this name, made when there is none."""
        queue = self.named(name)
        if queue is None:
            queue = Queue(sid="QU" + secrets.token_hex(16), name=name, created=datetime.now(UTC))
            self._by_sid[queue.sid] = queue
        return queue

    def remove(self, queue: Queue) -> None:
        del self._by_sid[queue.sid]

    def all(self) -> list[Queue]:
        return list(self._by_sid.values())
