"""What a connection may cost before anything is known of its request: bytes, headers, time.

uvicorn bounds none of them. Clients that trickle their headers (slow loris) are cut after
`HEAD_SECONDS`; when very many have begun a head and not ended it, the oldest goes first, because an
honest head is there within milliseconds.
"""

import asyncio
from asyncio import TimerHandle
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 16 * 1024
"""Request line and headers together, bytes."""
MOST_HEADERS: Final = 100
HEAD_SECONDS: Final = 10.0
MOST_UNFINISHED: Final = 500
IDLE_SECONDS: Final = 5
"""For which a connection is kept open after an answer."""


class HeadTooLarge(Exception):
    """Raised inside the parser, which then refuses the request with 400."""


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol with limits on the head. One event loop, one process."""

    unfinished: ClassVar[dict[Any, TimerHandle]] = {}
    """All connections of the process that have a head to send, the oldest first."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head = 0
        self._seen = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # Also for what is no request: a stray line, or a body that nobody reads any more.
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        if self not in self.unfinished and (cycle is None or cycle.response_complete):
            self._begin_head()
        super().data_received(data)
        if self in self.unfinished:
            self._seen += len(data)
            if self._seen > LARGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("Header too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value))
        if len(self.headers) > MOST_HEADERS:
            raise HeadTooLarge

    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > LARGEST_HEAD:
            raise HeadTooLarge

    def _begin_head(self) -> None:
        self._seen = 0
        self.unfinished[self] = self.loop.call_later(HEAD_SECONDS, self._give_up)
        if len(self.unfinished) > MOST_UNFINISHED:
            next(iter(self.unfinished))._give_up()

    def _end_head(self) -> None:
        timer = self.unfinished.pop(self, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self) -> None:
        self._end_head()
        if not self.transport.is_closing():
            self.transport.abort()
