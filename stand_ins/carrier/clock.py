"""The carrier's clock: speech and waits run at the chosen speed, our service's answers do not."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn, TypeVar

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Pace:
    """How many carrier seconds pass in one real second of speech or waiting."""

    speed: float = 1.0


class CallClock:
    """Seconds since one call began.

    While the call speaks or waits, time passes at the pace; while it waits for an answer of the
    service, a real second is one second, because no speed makes the service slower or faster.
    A timed wait never counts for more than its own length: a busy computer adds no silence.
    """

    __slots__ = ("_longest", "_pace", "_rate", "_settled", "_since")

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._settled = 0.0
        self._since = time.monotonic()
        self._rate = 1.0
        self._longest = math.inf

    def now(self) -> float:
        """Carrier seconds since the call began."""
        return self._settled + min((time.monotonic() - self._since) * self._rate, self._longest)

    @contextmanager
    def passing(self, longest: float = math.inf) -> Iterator[None]:
        """Let time pass at the pace, at most `longest` carrier seconds."""
        self._turn(self._pace.speed, longest)
        try:
            yield
        finally:
            self._turn(1.0, math.inf)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` carrier seconds."""
        with self.passing(seconds):
            await asyncio.sleep(seconds / self._pace.speed)

    async def within(self, seconds: float, thing: Awaitable[T]) -> T | None:
        """What `thing` brings, or None when `seconds` carrier seconds are over."""
        with self.passing(seconds):
            try:
                async with asyncio.timeout(seconds / self._pace.speed):
                    return await thing
            except TimeoutError:
                return None

    async def forever(self) -> NoReturn:
        """Let time pass until cancelled."""
        with self.passing():
            await asyncio.get_running_loop().create_future()
        raise AssertionError("nothing completes this wait")

    def _turn(self, rate: float, longest: float) -> None:
        self._settled = self.now()
        self._since = time.monotonic()
        self._rate = rate
        self._longest = longest
