"""Work that nobody waits for: redirects after the save, slow answers, clearing up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

_log = structlog.get_logger()
Work: TypeAlias = Callable[[], Awaitable[object]]


class Background:
    """What fails here is written to the log and harms no call: a later turn finds the same."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Work, what: str) -> None:
        task = asyncio.ensure_future(_guarded(work, what))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until nothing runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self) -> None:
        """Give up what still runs."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _guarded(work: Work, what: str) -> None:
    try:
        await work()
    except Exception:
        _log.exception("background_failed", what=what)
