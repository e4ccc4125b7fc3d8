"""What happened in a call: an append-only list, the oracle of tests and the demo's strip."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

_KINDS = (
    "webhook document verb say play pause key listen heard listened queue bridge status rest "
    "error fault not_simulated end"
)
KINDS = frozenset(_KINDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `at` is carrier seconds since the call began, `wall` ISO 8601 UTC."""

    id: int
    call_sid: str
    at: float
    wall: str
    kind: str
    text: str
    details: dict[str, object]

    def as_json(self) -> dict[str, object]:
        """The line as the control API gives it; details stand beside the fixed fields."""
        head = {
            "id": self.id,
            "call_sid": self.call_sid,
            "at": round(self.at, 3),
            "wall": self.wall,
            "kind": self.kind,
            "text": self.text,
        }
        return {**self.details, **head}


@dataclass(slots=True)
class Feed:
    """An append-only list that many readers follow; positions count from 1.

    Beyond `longest` entries the oldest half is forgotten, and readers go on with what is left.
    """

    entries: list[Entry] = field(default_factory=list)
    longest: int | None = None
    forgotten: int = 0
    closed: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self.longest is not None and len(self.entries) > self.longest:
            half = len(self.entries) // 2
            del self.entries[:half]
            self.forgotten += half
        self._wake()

    def close(self) -> None:
        """Readers stop once they have read what there is."""
        self.closed = True
        self._wake()

    async def follow(self, after: int) -> AsyncIterator[tuple[int, Entry | None]]:
        """(position, entry) for each entry behind position `after`; None every 15 quiet seconds."""
        while True:
            news = self._news
            while after < self.forgotten + len(self.entries):
                after = max(after, self.forgotten) + 1
                yield after, self.entries[after - 1 - self.forgotten]
            if self.closed:
                return
            try:
                async with asyncio.timeout(15):
                    await news.wait()
            except TimeoutError:
                yield after, None

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Timeline:
    """One call's lines. Intervals (`audible`, `listening`) are written when they are over."""

    def __init__(self, call_sid: str, now: Callable[[], float], journal: Feed) -> None:
        self.feed = Feed()
        self._call_sid = call_sid
        self._now = now
        self._journal = journal

    @property
    def entries(self) -> list[Entry]:
        return self.feed.entries

    def add(self, kind: str, text: str, *, at: float | None = None, **details: object) -> None:
        """Append one line; `at` defaults to now."""
        if kind not in KINDS:
            raise ValueError(f"no such kind of timeline entry: {kind}")
        entry = Entry(
            id=len(self.feed.entries) + 1,
            call_sid=self._call_sid,
            at=self._now() if at is None else at,
            wall=datetime.now(UTC).isoformat(timespec="milliseconds"),
            kind=kind,
            text=text,
            details=details,
        )
        self.feed.add(entry)
        self._journal.add(entry)

    @contextmanager
    def sound(self, source: str) -> Iterator[None]:
        """Something is heard meanwhile: say, play, ring, music or talk."""
        start = self._now()
        try:
            yield
        finally:
            end = self._now()
            self.add("heard", source, source=source, audible=[round(start, 3), round(end, 3)])

    @contextmanager
    def listening(self, *, question: bool) -> Iterator[None]:
        """A Gather waits for keys meanwhile; `question` when its own verbs spoke before."""
        start = self._now()
        try:
            yield
        finally:
            end = self._now()
            self.add(
                "listened",
                "question" if question else "no question",
                question=question,
                listening=[round(start, 3), round(end, 3)],
            )
