"""Who hears which news: the one list. Delivered by the worker, at least once, in order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from identity.pairing.model import PairingNews
from ivr.flow_engine.events import Event
from ivr.live_calls.pairing_news import PairingNewsDesk
from ivr.live_calls.service import LiveCalls
from ivr.queues.ports import QueueNews, WaitingCalls
from stores.sql.outbox import Outbox

Subscriber: TypeAlias = Callable[[PairingNews], Awaitable[None]]
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSideHears:
    """The operator's screen first, then the live call (pairing design, section 5 step 9)."""

    tenant: str
    calls: LiveCalls
    waiting: WaitingCalls
    screens: QueueNews

    async def tell(self, call_ref: str, event: Event) -> bool:
        return await self.calls.tell(call_ref, event)

    async def look_again(self, call_ref: str) -> None:
        row = await self.waiting.by_call(self.tenant, call_ref)
        if row is not None and row.state.value != "gone":
            await self.screens.tell(self.tenant, operator=None, what="pop", token=row.token)


def of_pairings(news: PairingNewsDesk, hears: PhoneSideHears) -> Subscriber:
    async def heard(told: PairingNews) -> None:
        await news.deliver(told.call_ref, hears)

    return heard


async def deliver(outbox: Outbox, subscribers: Sequence[Subscriber]) -> None:
    """One turn of the outbox: what fails stays there and comes due again."""
    while deliveries := await outbox.take(_AT_ONCE):
        for delivery in deliveries:
            for subscriber in subscribers:
                await subscriber(delivery.news)
            await outbox.done([delivery.id])
