"""Is our clock the database's? When they are more than 2 s apart, nobody is verified (fault F10).

What runs out (codes, offers, statements) does so by the database's clock, for all processes the
same; a jump of ours between two looks is seen at once, by the clock that only counts on.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSource, RevocationSubject

MOST_APART: Final = timedelta(seconds=2)
_LOOK_EVERY: Final = 5.0
_TOO_SLOW: Final = timedelta(seconds=1)  # an answer that took longer tells too little
WHY: Final = "clock_apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Our clock less the database's, off by `unsure` at most, when both of ours showed these."""

    apart: timedelta
    unsure: timedelta
    wall: datetime
    counted: float


class ClockWatch:
    """`now` is the clock that judges, `theirs` asks the database's; `count` only counts on."""

    def __init__(
        self,
        now: Callable[[], datetime],
        theirs: Callable[[], Awaitable[datetime]],
        count: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._theirs = theirs
        self._count = count
        self._seen: _Seen | None = None

    async def apart(self) -> timedelta:
        """Our clock less the database's, looked at 5 s ago at most. Errors of the database."""
        seen = self._seen
        if seen is None or self._count() - seen.counted >= _LOOK_EVERY:
            seen = await self._look() or seen
        if seen is None:
            raise TimeoutError("the database's clock was told too slowly")
        counted = timedelta(seconds=self._count() - seen.counted)
        jumped = (self._now() - seen.wall) - counted
        return seen.apart + jumped

    def corrected(self) -> datetime:
        """The database's time: as it was at the last look, counted on from there. Before the first
        look our own. A difference too small to be told from the way of the answer is none."""
        seen = self._seen
        if seen is None:
            return self._now()
        theirs = seen.wall - (seen.apart if abs(seen.apart) > seen.unsure else timedelta(0))
        return theirs + timedelta(seconds=self._count() - seen.counted)

    async def right(self) -> bool:
        return abs(await self.apart()) <= MOST_APART

    async def _look(self) -> _Seen | None:
        began = self._count()
        theirs = await self._theirs()
        ended, wall = self._count(), self._now()
        half = timedelta(seconds=(ended - began) / 2)
        if half > _TOO_SLOW / 2:
            return None
        self._seen = _Seen(apart=wall - half - theirs, unsure=half, wall=wall, counted=ended)
        return self._seen


class WhenTheClockIsRight:
    """A source that cannot tell while the clock is wrong: fresh and stale have no meaning then."""

    def __init__(self, source: RevocationSource, watch: ClockWatch) -> None:
        self._source = source
        self._watch = watch

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        if await self._watch.right():
            return await self._source.status(subject, at)
        return RevocationState(
            status=RevocationStatus.UNKNOWN, method="none", checked_at=at, why=WHY
        )
