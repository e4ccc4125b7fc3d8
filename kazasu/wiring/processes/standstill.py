"""A process that stood still (stopped, swapped out, its machine was: F3) or could not answer.

What the carrier asked meanwhile it has given up, and turned to its fallback, where callers may be
talking by now. Nothing tells this process which calls those are. So it takes another name, under
which it has answered nobody yet: it redirects no call before the carrier has asked it again, at
the latest with the next turn of the hold.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

_log = structlog.get_logger()
LOOKS_EVERY: Final = 0.5
STOOD_STILL: Final = 1.5
"""Seconds beyond that, below what the carrier waits for an answer (`rt` of our URLs)."""


class Standstill:
    """`monotonic` counts on while the process stands still; `begin_anew` gives it another name.
    `wake` is set when there is something to look at at once."""

    def __init__(
        self, monotonic: Callable[[], float], begin_anew: Callable[[], Awaitable[None]]
    ) -> None:
        self._monotonic = monotonic
        self._begin_anew = begin_anew
        self._looked: float | None = None
        self._failed = False
        self.wake = asyncio.Event()

    def failed(self) -> None:
        """The carrier got no document from this process, and other processes do not know."""
        self._failed = True
        self.wake.set()

    async def turn(self) -> None:
        """Every `LOOKS_EVERY` seconds; what lies between two looks is how long it stood."""
        now = self._monotonic()
        before, self._looked = self._looked, now
        failed, self._failed = self._failed, False
        stood = before is not None and now - before >= LOOKS_EVERY + STOOD_STILL
        if not failed and not stood:
            return
        if before is not None and stood:
            _log.warning("stood_still", seconds=round(now - before, 1))
        try:
            await self._begin_anew()
        except ConnectionError:
            return  # the store has said so, and holds no session that could be believed
