"""What this service asks of others by HTTP, seen from outside the rooms that ask."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeAlias

import httpx2

Told: TypeAlias = Callable[[str, float], None]
"""How it was answered (a word of `ANSWERS`), and after how many seconds."""

_WORDS: Final = {404: "gone", 429: "too_many"}


class Watched(httpx2.AsyncBaseTransport):
    """A transport around one: every try of every request is told, also one without an answer.

    It is made with the first request, in a thread: reading the system's certificates takes a while.
    """

    def __init__(self, make: Callable[[], httpx2.AsyncBaseTransport], told: Told) -> None:
        self._make = make
        self._told = told
        self._made: asyncio.Task[httpx2.AsyncBaseTransport] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        began, word = time.perf_counter(), "no_answer"
        try:
            inner = await self._inner(request)
            answer = await inner.handle_async_request(request)
            word = _word(answer.status_code)
            return answer
        finally:
            self._told(word, time.perf_counter() - began)

    async def _inner(self, request: httpx2.Request) -> httpx2.AsyncBaseTransport:
        """Where it could not be made (out of file descriptors, say), nothing was sent, and the next
        request tries again."""
        if self._made is None:
            self._made = asyncio.ensure_future(asyncio.to_thread(self._make))
        making = self._made
        try:
            return await asyncio.shield(making)
        except OSError as error:
            if self._made is making:
                self._made = None
            raise httpx2.ConnectError(type(error).__name__, request=request) from error

    async def aclose(self) -> None:
        if self._made is not None:
            await (await self._made).aclose()


def _word(status: int) -> str:
    if status in _WORDS:
        return _WORDS[status]
    if status >= 500:
        return "broken"
    return "refused" if status >= 400 else "done"
