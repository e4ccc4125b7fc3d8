"""Who waits for a pairing to change. A bell only: what changed is read from the store."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LISTENERS_PER_PAIRING: Final = 2
LOOK_AGAIN: Final = 3.0
"""Seconds after which a waiting poll looks by itself: a bell may ring in another process."""


class Changes:
    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = {}

    def told(self, pairing: str) -> None:
        """The pairing has changed, and the change is committed."""
        for bell in self._bells.get(pairing, ()):
            bell.set()

    @contextmanager
    def listening(self, pairing: str) -> Iterator["Listener | None"]:
        """None when enough wait for this pairing already: then answer at once."""
        bells = self._bells.setdefault(pairing, set())
        if len(bells) >= LISTENERS_PER_PAIRING:
            yield None
            return
        bell = asyncio.Event()
        bells.add(bell)
        try:
            yield Listener(bell)
        finally:
            bells.discard(bell)
            if not bells:
                self._bells.pop(pairing, None)


class Listener:
    def __init__(self, bell: asyncio.Event) -> None:
        self._bell = bell

    async def rung(self, at_most: float) -> None:
        """Back when the bell rang, or after `at_most` seconds, at the latest after `LOOK_AGAIN`."""
        try:
            async with asyncio.timeout(min(at_most, LOOK_AGAIN)):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()
