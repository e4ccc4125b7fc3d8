"""Offer waiting calls to free operators, one operator at a time, 20 seconds each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.queues import rules
from ivr.queues.model import Presence
from ivr.queues.ports import Operators, QueueNews, WaitingCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every verb of this room works with."""

    waiting: WaitingCalls
    operators: Operators
    news: QueueNews
    now: Callable[[], datetime]


class Offering:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def offer(self, tenant: str) -> None:
        """Give every call without an offer to whoever is free. Safe to call at any time."""
        desk, now = self._desk, self._desk.now()
        waiting = await desk.waiting.open(tenant)
        operators = await desk.operators.all(tenant)
        for row, operator in rules.next_offers(waiting, operators, now):
            after = replace(row, offered_to=operator.id, offered_until=now + rules.OFFER_LASTS)
            if await desk.waiting.change(row, after):
                await desk.news.tell(tenant, operator=operator.id, what="offer", token=row.token)

    async def tick(self, tenant: str) -> None:
        """Take back offers that ran out: the operator leaves the rotation, the next is asked."""
        desk, now = self._desk, self._desk.now()
        for row in await desk.waiting.open(tenant):
            if not rules.missed(row, now):
                continue
            after = replace(row, offered_to="", offered_until=None)
            if await desk.waiting.change(row, after):
                await self.pause(tenant, row.offered_to)
                await desk.news.tell(
                    tenant, operator=row.offered_to, what="offer_ended", token=row.token
                )
        await self.offer(tenant)

    async def pause(self, tenant: str, operator: str) -> None:
        """Out of rotation until they say so, unless they have moved on already."""
        desk = self._desk
        known = await desk.operators.by_id(tenant, operator)
        if known is None or known.presence not in (Presence.AVAILABLE, Presence.ON_CALL):
            return
        await desk.operators.set_presence(
            tenant, operator, Presence.PAUSED, at=desk.now(), idle=False
        )
        await desk.news.tell(tenant, operator=operator, what="presence", token="")
