"""Two calls that hear each other until either of them leaves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True, eq=False)
class Bridge:
    """`joined` when both sides talk, `ended` when one has gone. `announce`: (url, method) of a
    document that the called or waiting side hears before it is joined."""

    dialling_sid: str
    announce: tuple[str, str] | None = None
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def settled(self) -> bool:
        """Wait until the two talk (True) or it has come to nothing (False)."""
        waits = [asyncio.ensure_future(e.wait()) for e in (self.joined, self.ended)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self.joined.is_set()
