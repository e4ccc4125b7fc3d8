"""A live feed as Server-Sent Events (WHATWG HTML, section 9.2): ids, resume, heartbeats, an end."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from quart import Request, Response

from door_frame.feed import Feed, FeedItem
from door_frame.problem_json import Problem, Refused

STREAMS_PER_READER: Final = 8
HEARTBEAT: Final = 10.0  # seconds: proxies cut silent streams, and a page notices a dead one
HELLO: Final = "hello"
OVER: Final = "over"
TOO_MANY: Final = Problem(
    status=429,
    code="too_many_streams",
    detail="close a page that is open elsewhere",
    headers={"Retry-After": "10"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """`shown` gives the data of an item for this reader, None to leave it out.

    `still` is asked at each heartbeat and before each event: False ends the stream with `over`.
    """

    channel: str
    after: str | None
    shown: Callable[[FeedItem], Mapping[str, object] | None]
    still: Callable[[], Awaitable[bool]]
    heartbeat: float = HEARTBEAT


class Streams:
    """How many streams each reader has open in this process: a page needs one, tabs a few."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    def full(self, reader: str) -> bool:
        return self._open[reader] >= STREAMS_PER_READER

    @contextmanager
    def one_more(self, reader: str) -> Iterator[None]:
        self._open[reader] += 1
        try:
            yield
        finally:
            self._open[reader] -= 1
            if not self._open[reader]:
                del self._open[reader]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOwner:
    """Whose stream it is, among those that are open."""

    streams: Streams
    reader: str


def last_event_id(request: Request) -> str | None:
    """What the page saw last: the browser's header when it reconnects."""
    return request.headers.get("Last-Event-ID") or None


def stream(feed: Feed, following: Following, *, owner: StreamOwner | None = None) -> Response:
    """`hello` first, once the feed is being followed: from there on nothing is missed.

    `Refused` with 429 when the reader of that stream has too many streams open.
    """
    lines: AsyncIterator[bytes] = _lines(feed, following)
    if owner is not None:
        if owner.streams.full(owner.reader):
            raise Refused(TOO_MANY)
        lines = _counted(lines, owner)
    response = Response(lines, content_type="text/event-stream; charset=utf-8")
    response.timeout = None
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _counted(lines: AsyncIterator[bytes], owner: StreamOwner) -> AsyncIterator[bytes]:
    """Counted from the first line on: an answer that nobody ever read holds no place."""
    with owner.streams.one_more(owner.reader):
        async for line in lines:
            yield line


async def _lines(feed: Feed, following: Following) -> AsyncIterator[bytes]:
    items = await feed.follow(following.channel, following.after)
    coming = asyncio.ensure_future(_next(items))
    try:
        yield _event(HELLO, {}, "")
        while True:
            await asyncio.wait({coming}, timeout=following.heartbeat)
            if not await following.still():
                yield _event(OVER, {}, "")
                return
            if not coming.done():
                yield b": still here\n\n"
                continue
            item = coming.result()
            if item is None:
                return
            coming = asyncio.ensure_future(_next(items))
            data = following.shown(item)
            if data is not None:
                yield _event(item.kind, data, item.id)
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _next(items: AsyncIterator[FeedItem]) -> FeedItem | None:
    return await anext(items, None)


def _event(kind: str, data: Mapping[str, object], number: str) -> bytes:
    """JSON holds no line break, so one `data` line is enough."""
    named = f"id: {number}\n" if number else ""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{named}event: {kind}\ndata: {body}\n\n".encode()
