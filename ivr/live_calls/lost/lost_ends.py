"""Ends that nobody told: the carrier says once that a call is over, and that word can be lost.

In a queue or a talk nothing else would show it: one operator after another would be rung for a
caller who has gone, and an operator would stay on a talk that is over. A result that still counts
for a call that is over would raise an alarm in the same person's next call. So the carrier is asked
how calls stand that have been there for a while.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from ivr.live_calls.lost.sweep import EndsCalls
from ivr.live_calls.ports import CallRows, CarrierTrouble
from ivr.queues.ports import WaitingCalls

_log = structlog.get_logger()
IN_A_QUEUE: Final = timedelta(seconds=30)
"""So often for calls in a queue or a talk."""
ELSEWHERE: Final = timedelta(seconds=120)
"""And for all others: their documents ask again by themselves, and what they hold runs out."""
AT_ONCE: Final = 50
"""So many calls are asked about in one turn, those first that have waited longest for it."""
LONGEST: Final = timedelta(hours=24)
"""No carrier keeps a call up for longer: one that it cannot tell about has ended by then."""
_OPEN_AT_MOST: Final = 1000


class KnowsCalls(Protocol):
    async def is_over(self, carrier_call_id: str) -> bool:
        """Whether the carrier says that this call has ended. CarrierTrouble: it cannot be told."""
        ...


class LostEnds:
    def __init__(
        self,
        *,
        tenant: str,
        waiting: WaitingCalls,
        rows: CallRows,
        carrier: KnowsCalls,
        calls: EndsCalls,
        now: Callable[[], datetime],
    ) -> None:
        self._tenant = tenant
        self._waiting = waiting
        self._rows = rows
        self._carrier = carrier
        self._calls = calls
        self._now = now
        self._asked: dict[str, datetime] = {}

    async def turn(self) -> None:
        """A carrier that cannot tell now is not asked about more calls in this turn."""
        now = self._now()
        standing = await self._standing(now)
        self._asked = {ref: self._asked.get(ref, since) for ref, (since, _) in standing.items()}
        due = [ref for ref, (_, every) in standing.items() if now - self._asked[ref] >= every]
        for call_ref in sorted(due, key=self._asked.__getitem__)[:AT_ONCE]:
            self._asked[call_ref] = now
            try:
                await self._look(call_ref)
            except CarrierTrouble:
                return

    async def _standing(self, now: datetime) -> dict[str, tuple[datetime, timedelta]]:
        """By call: since when it is where it is, and how often to ask about it there."""
        calls = await self._rows.open_since(now - ELSEWHERE, _OPEN_AT_MOST)
        mine = {r.call_ref: (r.began_at, ELSEWHERE) for r in calls if r.tenant == self._tenant}
        stays = await self._waiting.open(self._tenant)
        return mine | {row.call_ref: (row.since, IN_A_QUEUE) for row in stays}

    async def _look(self, call_ref: str) -> None:
        row = await self._rows.by_ref(self._tenant, call_ref)
        if row is None:
            return
        if row.ended_at is not None:
            _log.warning("queued_behind_its_end", call_ref=call_ref)
            await self._calls.ended(row.carrier_call_id)
        elif self._now() - row.began_at > LONGEST or await self._carrier.is_over(
            row.carrier_call_id
        ):
            _log.warning("end_was_not_told", call_ref=call_ref)
            await self._calls.ended(row.carrier_call_id)
