"""What this service asks of others by HTTP, seen from outside the rooms that ask."""

import time
from collections.abc import Callable
from typing import Final, TypeAlias

import httpx2

Told: TypeAlias = Callable[[str, float], None]
"""How it was answered (a word of `ANSWERS`), and after how many seconds."""

_WORDS: Final = {404: "gone", 429: "too_many"}


class Watched(httpx2.AsyncBaseTransport):
    """A transport around one: every try of every request is told, also one without an answer."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, told: Told) -> None:
        self._inner = inner
        self._told = told

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        began, word = time.perf_counter(), "no_answer"
        try:
            answer = await self._inner.handle_async_request(request)
            word = _word(answer.status_code)
            return answer
        finally:
            self._told(word, time.perf_counter() - began)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _word(status: int) -> str:
    if status in _WORDS:
        return _WORDS[status]
    if status >= 500:
        return "broken"
    return "refused" if status >= 400 else "done"
