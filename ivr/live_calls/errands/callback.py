"""The errand `RegisterCallback`: somebody is put on the list of those to be rung."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

import structlog

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import RegisterCallback
from ivr.flow_engine.events import CallbackAnswered, Event
from ivr.live_calls.ports import CallRow
from ivr.queues.callback_list import Booked, CallbackList
from ivr.queues.model import Callback

_log = structlog.get_logger()


class CallbackErrand:
    """`may_ring` is the carrier room's rule of numbers that may be rung."""

    def __init__(
        self, book: CallbackList, may_ring: Callable[[str], bool], now: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._may_ring = may_ring
        self._now = now

    async def __call__(self, errand: RegisterCallback, row: CallRow, flow: Flow) -> Event:
        if not self._may_ring(errand.to):
            return CallbackAnswered(key=errand.key, outcome="unavailable")
        now = self._now()
        booked = await self._book.register(
            Callback(
                tenant=row.tenant,
                id=callback_id(errand.key),
                call_ref=row.call_ref,
                queue=errand.queue,
                number=errand.to,
                dialled=row.dialled,
                since=now,
                due_at=datetime.fromisoformat(errand.due_at) if errand.due_at else now,
                keep_result=errand.keep_result,
            )
        )
        if booked is Booked.SPENT:
            _log.error("callback_budget_spent", call_ref=row.call_ref)
        if booked is Booked.FULL:
            _log.error("callback_list_full", call_ref=row.call_ref)
        if booked is Booked.LAST_ONES:
            _log.warning("callback_budget_low", call_ref=row.call_ref)
        outcome = "accepted" if booked.on_the_list else "error"
        return CallbackAnswered(key=errand.key, outcome=outcome)


def callback_id(errand_key: str) -> str:
    """128 bits that say nothing; the same for an errand done again."""
    digest = hashlib.sha256(b"call-back " + errand_key.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
