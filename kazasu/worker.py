"""The loops that run beside the doors: outbox, expiry, offers, sweep.

A loop that fails says so and goes on: each turn is a fresh start from what SQL holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """`turn` runs when `wake` is set, and every `every` seconds at the latest."""

    name: str
    every: float
    turn: Callable[[], Awaitable[None]]
    wake: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class Worker:
    def __init__(self, loops: Sequence[Loop]) -> None:
        self._loops = loops
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        self._tasks = [asyncio.ensure_future(_go_round(loop)) for loop in self._loops]

    async def stop(self) -> None:
        """Cancel between turns or within one: what a turn changes is a transaction."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


async def _go_round(loop: Loop) -> None:
    while True:
        loop.wake.clear()
        try:
            await loop.turn()
        except Exception:
            _log.exception("loop_failed", loop=loop.name)
        try:
            async with asyncio.timeout(loop.every):
                await loop.wake.wait()
        except TimeoutError:
            continue
