"""A reported number has one open check at a time (threat T28); withheld, each call has its own.

Robots would otherwise hold pairings by the thousand from a few lines. The second call goes on to a
person, as it would without a card.
"""

from collections.abc import Callable
from typing import Protocol

import structlog

from identity.pairing.outcomes import Hint
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import OpenPairing
from ivr.flow_engine.events import ErrandFailed, Event
from ivr.live_calls.errands.table import Doer, Slowly
from ivr.live_calls.ports import CallRow

_log = structlog.get_logger()


class LinesInCheck(Protocol):
    async def take(self, tenant: str, line_hash: bytes, call_ref: str) -> bool:
        """Whether this call may have the line's one check. The same call always may, again."""
        ...


class OneCheckPerLine:
    """`inner` opens the check; `mark` is the HMAC under which a number is known."""

    def __init__(self, lines: LinesInCheck, mark: Callable[[str], bytes], inner: Doer) -> None:
        self._lines = lines
        self._mark = mark
        self._inner = inner

    async def __call__(
        self, errand: OpenPairing, row: CallRow, flow: Flow
    ) -> Event | Slowly | None:
        if not row.number or await self._lines.take(
            row.tenant, self._mark(row.number), row.call_ref
        ):
            return await self._inner(errand, row, flow)
        _log.warning("line_in_check_elsewhere", call_ref=row.call_ref)
        return ErrandFailed(key=errand.key, reason=Hint.BY_SYSTEM.value)
