"""Talks of calls that we placed: they have a screen as others, and have waited nowhere."""

from ivr.queues.model import Waiting
from ivr.queues.offering import Floor


class PlacedTalks:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def begin(self, talk: Waiting) -> None:
        """Idempotent by token."""
        await self._floor.waiting.enter(talk)
        await self._floor.news.tell(talk.tenant, operator=None, what="talking", token=talk.token)

    async def of_leg(self, tenant: str, leg: str) -> Waiting | None:
        """By the operator's leg; None when it is over."""
        rows = await self._floor.waiting.open(tenant)
        return next((row for row in rows if row.placed and row.operator_leg == leg), None)
