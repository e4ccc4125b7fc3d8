"""One call leg as the carrier knows it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from stand_ins.carrier.clock import CallClock
from stand_ins.carrier.timeline import Timeline

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequest:
    """The next document: ask `url` with `params` beside the standard fields."""

    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDocument:
    """A document that came with a REST request."""

    twiml: str


Source = DocumentRequest | GivenDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCallback:
    url: str
    method: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The verb that a redirect or hang-up interrupts, and its action, if it has one."""

    verb: str
    action: str | None
    method: str
    params: Callable[[str], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """REST put the call on another document."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class HungUp:
    """Somebody ended the call: caller, callee, REST."""

    by: str


class KeyPad:
    """Keys that the other party presses; heard only while a Gather listens."""

    def __init__(self) -> None:
        self._pressed: asyncio.Queue[str] | None = None

    def press(self, key: str) -> bool:
        """True when somebody listens."""
        if self._pressed is None:
            return False
        self._pressed.put_nowait(key)
        return True

    def listen(self) -> asyncio.Queue[str]:
        self._pressed = asyncio.Queue()
        return self._pressed

    def deaf(self) -> None:
        self._pressed = None


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A leg. `change` is what interrupts its performance; `position` what it was inside of."""

    sid: str
    account_sid: str
    from_number: str
    to_number: str
    direction: str
    clock: CallClock
    timeline: Timeline
    status: str = "queued"
    parent_sid: str | None = None
    fallback: str | None = None
    status_callback: StatusCallback | None = None
    keys: KeyPad = field(default_factory=KeyPad)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered_at: float | None = None
    answered_wall: datetime | None = None
    ended_at: float | None = None
    ended_wall: datetime | None = None
    position: Position | None = None
    change: Redirected | HungUp | None = None
    performance: asyncio.Task[object] | None = None
    bridged_with: str | None = None
    callbacks_sent: int = 0
    last_callback: asyncio.Task[object] | None = None
    held_callbacks: list[dict[str, str]] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def live(self) -> bool:
        return self.status not in FINAL

    def duration(self) -> int:
        """Whole carrier seconds since it was answered."""
        if self.answered_at is None:
            return 0
        return int(
            (self.clock.now() if self.ended_at is None else self.ended_at) - self.answered_at
        )

    def interrupt(self, change: Redirected | HungUp) -> None:
        """Stop what the call is doing; a hang-up is never replaced by a redirect."""
        if not isinstance(self.change, HungUp):
            self.change = change
        if self.performance is not None:
            self.performance.cancel()

    def press(self, key: str) -> bool:
        """A key of the other party; True when a Gather was listening."""
        listened = self.keys.press(key)
        self.timeline.add("key", key if listened else f"{key} (nobody listens)", key=key)
        return listened

    def mark_answered(self) -> None:
        self.answered_at, self.answered_wall = self.clock.now(), datetime.now(UTC)
        self.set_status("in-progress", "answered")
        self.answered.set()

    def mark_ended(self, status: str) -> None:
        self.ended_at, self.ended_wall = self.clock.now(), datetime.now(UTC)
        self.set_status(status)

    def set_status(self, status: str, text: str = "") -> None:
        self.status = status
        self.timeline.add("status", text or status, status=status)


def new_sid() -> str:
    return "CA" + secrets.token_hex(16)
