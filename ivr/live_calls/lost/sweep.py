"""Calls without a last word: the carrier's `completed` callback can be lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from ivr.live_calls.call_log import CallLogs
from ivr.live_calls.ports import CallRows, Sessions

_log = structlog.get_logger()
# Longer than any call may last: 60 min in the IVR and as much in queue and talk.
LONGEST_CALL: Final = timedelta(hours=4)
# Nothing is saved in a queue or a talk, so the age of a session says nothing about its call.
_KEEP_SESSION: Final = LONGEST_CALL + timedelta(minutes=15)
# Long enough to try a changed flow on the calls of a season; no person is named in them.
KEEP_LOGS: Final = timedelta(days=90)
_AT_MOST: Final = 100


class EndsCalls(Protocol):
    async def ended(self, carrier_call_id: str) -> None: ...


class Sweep:
    def __init__(
        self,
        *,
        tenant: str,
        rows: CallRows,
        sessions: Sessions,
        calls: EndsCalls,
        now: Callable[[], datetime],
        logs: CallLogs | None = None,
    ) -> None:
        self._tenant = tenant
        self._rows = rows
        self._sessions = sessions
        self._calls = calls
        self._now = now
        self._logs = logs

    async def turn(self) -> None:
        """End what must be over, and forget sessions and logs of calls that are."""
        now = self._now()
        for row in await self._rows.open_since(now - LONGEST_CALL, _AT_MOST):
            if row.tenant == self._tenant:
                await self._end(row.carrier_call_id, row.call_ref)
        await self._sessions.drop_ended(now - _KEEP_SESSION)
        if self._logs is not None:
            await self._logs.drop_before(now - KEEP_LOGS)

    async def _end(self, carrier_call_id: str, call_ref: str) -> None:
        """One call that cannot be ended keeps no other from its end."""
        try:
            await self._calls.ended(carrier_call_id)
        except Exception:
            _log.exception("sweep_failed", call_ref=call_ref)
