"""An answer in time, whatever the database is about (faults F8, F21).

The carrier gives up after a few seconds and then turns to the number's fallback, where the dialogue
is lost. So a page that is slow goes on by itself, and the call hears that it goes on and asks
again; what the slow page did is then found. Calls that come while very many pages are being worked
on are not begun at all.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

ANSWER_SECONDS: Final = 2.0
"""Below the 3 s in which the carrier expects an answer (`rt` of our URLs)."""
MOST_AT_ONCE: Final = 400
"""Pages worked on at once in one process; about a second's worth on two cores."""
MOST_WAITS: Final = 2
"""How often a call is told to wait before a person takes over: with the answer's own time about
10 s."""

_log = structlog.get_logger()
Work = Coroutine[Any, Any, bytes | None]


class Late:
    """The page is still being worked on."""


class InTime:
    def __init__(self, *, seconds: float = ANSWER_SECONDS, at_once: int = MOST_AT_ONCE) -> None:
        self._seconds = seconds
        self._at_once = at_once
        self._under_way: set[asyncio.Task[bytes | None]] = set()

    @property
    def full(self) -> bool:
        return len(self._under_way) >= self._at_once

    async def of(self, work: Work, *, whole: bool = False) -> bytes | Late | None:
        """What the page answers, or `Late`. What it raises in time is raised here.

        `whole`: nobody on the line waits for it, so the answer comes when the work is done. An
        earlier one would tell the carrier that all is well, and a process that dies then would
        have lost its word. The work goes on also when the carrier waits no longer.
        """
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            done, _ = await asyncio.wait({task}, timeout=None if whole else self._seconds)
        except asyncio.CancelledError:
            task.add_done_callback(_told)
            raise
        if done:
            return task.result()
        task.add_done_callback(_told)
        return Late()


def _told(task: "asyncio.Task[bytes | None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("late_page_failed", exc_info=task.exception())
