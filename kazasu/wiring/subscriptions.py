"""Who hears which news: the one list. Delivered by the worker, at least once, in order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from identity.pairing.model import PairingNews
from ivr.live_calls.service import LiveCalls
from ivr.queues.ports import QueueNews, WaitingCalls
from stores.sql.outbox import Delivery, Outbox

_log = structlog.get_logger()
Subscriber: TypeAlias = Callable[[PairingNews], Awaitable[None]]
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSideHears:
    """Push, after the commit: the operator's screen looks again first, then the live call asks what
    its newest pairing says."""

    tenant: str
    calls: LiveCalls
    waiting: WaitingCalls
    screens: QueueNews

    async def __call__(self, told: PairingNews) -> None:
        row = await self.waiting.by_call(self.tenant, told.call_ref)
        if row is not None and row.state.value != "gone":
            await self.screens.tell(self.tenant, operator=None, what="pop", token=row.token)
        await self.calls.hear(told.call_ref)


async def deliver(outbox: Outbox, subscribers: Sequence[Subscriber]) -> None:
    """One turn of the outbox: what fails stays there and comes due again, and delays no other."""
    while deliveries := await outbox.take(_AT_ONCE):
        for delivery in deliveries:
            with structlog.contextvars.bound_contextvars(call_ref=delivery.news.call_ref):
                heard = await _all_heard(delivery, subscribers)
            if heard:
                await outbox.done([delivery.id])


async def _all_heard(delivery: Delivery, subscribers: Sequence[Subscriber]) -> bool:
    heard = True
    for subscriber in subscribers:
        try:
            await subscriber(delivery.news)
        except Exception:
            _log.exception("news_not_heard", tries=delivery.attempt)
            heard = False
    return heard
