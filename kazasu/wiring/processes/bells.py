"""A long poll waits at one process and its pairing changes at another: the bell is rung at all.

Only for speed: a poll looks by itself every few seconds (`companion_app_api.v1.changes`), also
while Redis is away.
"""

from collections.abc import Callable, Sequence
from typing import Final

from door_frame.feed import Feed
from identity.pairing.model import PairingNews
from kazasu.worker import Loop

CHANNEL: Final = "pairings"
_CHANGED: Final = "changed"
_BEGIN_AGAIN: Final = 1.0


class Bells:
    """`told` rings here. `shared` is the feed of all processes, None for one that serves alone."""

    def __init__(self, shared: Feed | None, told: Callable[[str], None]) -> None:
        self._shared = shared
        self._told = told

    async def ring(self, news: PairingNews) -> None:
        """Here first: to the others it goes by way of Redis, which may be slow."""
        self._told(news.pairing)
        if self._shared is not None:
            await self._shared.publish(CHANNEL, _CHANGED, {"pairing": news.pairing})

    async def hear(self) -> None:
        """Those of the others, until the feed is closed. What is missed is found by looking."""
        if self._shared is not None:
            async for item in await self._shared.follow(CHANNEL, None):
                if item.kind == _CHANGED:
                    self._told(str(item.data["pairing"]))

    def loops(self) -> Sequence[Loop]:
        if self._shared is None:
            return ()
        return (Loop(name="bells", every=_BEGIN_AGAIN, turn=self.hear),)
