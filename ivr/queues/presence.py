"""What an operator says of themselves: offline, available, on a break; wrap-up done.

In a call it is a wish for afterwards: kept, shown, and taken back as easily.
"""

from ivr.queues import rules
from ivr.queues.model import Operator, Presence
from ivr.queues.offering import Floor, Offering


class PresenceChoices:
    def __init__(self, floor: Floor, offering: Offering) -> None:
        self._floor = floor
        self._offering = offering

    async def choose(self, tenant: str, operator: str, presence: Presence) -> bool:
        """At once; in a call, when it and its wrap-up are over. False for a state one cannot
        choose."""
        known = await self._floor.operators.by_id(tenant, operator)
        if known is None or presence not in rules.CHOOSABLE:
            return False
        if known.presence is Presence.ON_CALL and await self._wishes(known, presence):
            return True
        if known.presence is not presence:
            await self._become(tenant, operator, presence)
        return True

    async def forget_wish(self, tenant: str, operator: str) -> None:
        """After the call comes what would have come anyway."""
        known = await self._floor.operators.by_id(tenant, operator)
        if known is not None and known.after_call is not None:
            await self._wishes(known, None)

    async def wrap_up_done(self, tenant: str, operator: str) -> None:
        """As wished for in the call, else available. Said twice, the second finds nothing to do."""
        known = await self._floor.operators.by_id(tenant, operator)
        if known is not None and known.presence is Presence.WRAP_UP:
            await self._become(tenant, operator, rules.becomes(known, Presence.AVAILABLE))

    async def _wishes(self, known: Operator, presence: Presence | None) -> bool:
        """False when the call has ended meanwhile: the choice is then one for now."""
        if not await self._floor.operators.wish(known.tenant, known.id, presence):
            return False
        await self._floor.news.tell(known.tenant, operator=known.id, what="presence", token="")
        return True

    async def _become(self, tenant: str, operator: str, presence: Presence) -> None:
        await self._floor.operators.set_presence(
            tenant,
            operator,
            presence,
            at=self._floor.now(),
            idle=presence is Presence.AVAILABLE,
        )
        await self._floor.news.tell(tenant, operator=operator, what="presence", token="")
        if presence is not Presence.AVAILABLE:
            await self._offering.withdraw(tenant, operator)
        await self._offering.offer(tenant)
