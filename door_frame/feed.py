"""Live feeds with resume: what a page follows as an event stream. Disposable."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

RESET: Final = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """`id` grows within a channel; a page that comes back names the last one it saw."""

    id: str
    kind: str
    data: Mapping[str, object]


class Feed(Protocol):
    async def publish(self, channel: str, kind: str, data: Mapping[str, object]) -> str: ...

    async def follow(self, channel: str, after: str | None) -> AsyncIterator[FeedItem]:
        """What came after `after` (when still known), then what comes. Returns once in place: what
        is published from then on is not missed.

        When `after` is no longer known the first item has kind `reset`: load the page's state anew.
        A reset may come at any time, and again and again while news cannot be had. Ends when the
        feed is closed.
        """
        ...

    async def close(self) -> None:
        """End all followers, so that a process with open streams can stop."""
        ...
