"""What an operator says of themselves: offline, available, on a break; wrap-up done."""

from ivr.queues import rules
from ivr.queues.model import Presence
from ivr.queues.offering import Desk, Offering


class PresenceDesk:
    def __init__(self, desk: Desk, offering: Offering) -> None:
        self._desk = desk
        self._offering = offering

    async def choose(self, tenant: str, operator: str, presence: Presence) -> bool:
        """False for a state one cannot choose, or in the middle of a call."""
        known = await self._desk.operators.by_id(tenant, operator)
        if known is None or presence not in rules.CHOOSABLE:
            return False
        if known.presence is Presence.ON_CALL:
            return False
        if known.presence is presence:
            return True
        await self._desk.operators.set_presence(
            tenant,
            operator,
            presence,
            at=self._desk.now(),
            idle=presence is Presence.AVAILABLE,
        )
        await self._desk.news.tell(tenant, operator=operator, what="presence", token="")
        if presence is not Presence.AVAILABLE:
            await self._offering.withdraw(tenant, operator)
        await self._offering.offer(tenant)
        return True
