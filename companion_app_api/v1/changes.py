"""Who waits for a pairing to change. A bell only: what changed is read from the store."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LISTENERS_PER_PAIRING: Final = 2
LOOK_AGAIN: Final = 3.0
"""Seconds after which a waiting poll looks by itself: a bell may ring in another process."""


class Changes:
    """One per process: the door waits here, whoever delivers `PairingNews` tells it."""

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._closed = False

    def told(self, pairing: str) -> None:
        """The pairing has changed, and the change is committed."""
        for bell in self._bells.get(pairing, ()):
            bell.set()

    def close(self) -> None:
        """Answer every waiting poll now and let none wait any more: the process is to end."""
        self._closed = True
        for bells in self._bells.values():
            for bell in bells:
                bell.set()

    @contextmanager
    def listening(self, pairing: str) -> Iterator["Listener | None"]:
        """None when nobody may wait: enough do so for this pairing, or the process is to end."""
        bells = self._bells.setdefault(pairing, set())
        if self._closed or len(bells) >= LISTENERS_PER_PAIRING:
            yield None
            return
        bell = asyncio.Event()
        bells.add(bell)
        try:
            yield Listener(bell, lambda: self._closed)
        finally:
            bells.discard(bell)
            if not bells:
                self._bells.pop(pairing, None)


class Listener:
    def __init__(self, bell: asyncio.Event, closed: Callable[[], bool]) -> None:
        self._bell = bell
        self._closed = closed

    async def rung(self, at_most: float) -> bool:
        """Wait for the bell, `at_most` seconds or `LOOK_AGAIN`; False when it is time to leave."""
        try:
            async with asyncio.timeout(min(at_most, LOOK_AGAIN)):
                await self._bell.wait()
        except TimeoutError:
            return True
        self._bell.clear()
        return not self._closed()
