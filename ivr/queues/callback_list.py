"""The list of people to be rung back: who is put on it, who takes one, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Final

from ivr.queues import rules
from ivr.queues.model import Callback, CallbackState
from ivr.queues.offering import Floor

_DAY: Final = timedelta(hours=24)


class Booked(Enum):
    """What became of asking to be rung back."""

    LISTED = "listed"
    LAST_ONES = "last_ones"
    """On the list; four fifths of the day's budget are used."""
    FULL = "full"
    SPENT = "spent"
    """The day's budget is used up."""

    @property
    def on_the_list(self) -> bool:
        return self in (Booked.LISTED, Booked.LAST_ONES)


class CallbackList:
    """`per_day`: how many may be put on it in any 24 hours. Some that ask in the same moment may
    pass together: each is still rung by a person, so one more is no harm."""

    def __init__(self, floor: Floor, *, per_day: int) -> None:
        self._floor = floor
        self._per_day = per_day

    async def register(self, wanted: Callback) -> Booked:
        """Idempotent by id. One who is on the list of that queue keeps what was asked for first
        (place, time and result), the newer call's result stands beside it, and it costs nothing of
        the budget."""
        standing = await self._floor.callbacks.open(wanted.tenant)
        for row in standing:
            if row.id == wanted.id or await self._asks_again(row, wanted):
                return Booked.LISTED
        if len(standing) >= rules.MOST_CALLBACKS:
            return Booked.FULL
        today = await self._floor.callbacks.asked_since(wanted.tenant, self._floor.now() - _DAY)
        if today >= self._per_day:
            return Booked.SPENT
        await self._tell(await self._floor.callbacks.register(wanted))
        return Booked.LAST_ONES if (today + 1) * 5 >= self._per_day * 4 else Booked.LISTED

    async def _asks_again(self, row: Callback, wanted: Callback) -> bool:
        """False when it is another wish, or an operator took the earlier one just now."""
        found: Callback | None = row
        while found is not None and rules.asks_for_the_same(found, wanted):
            newer = rules.asked_again(found, wanted)
            if newer is found:
                return True
            if await self._floor.callbacks.change(found, newer):
                await self._tell(found)
                return True
            found = await self._floor.callbacks.by_id(row.tenant, row.id)
        return False

    async def claim(self, tenant: str, operator: str, callback: str) -> bool:
        """One that is due. One operator has one at a time; said twice, it is still theirs."""
        floor = self._floor
        known = await floor.operators.by_id(tenant, operator)
        row = await floor.callbacks.by_id(tenant, callback)
        while known is not None and row is not None:
            if row.claimed_by == operator:
                return row.state is not CallbackState.DONE
            taken = rules.taken_by(await floor.callbacks.open(tenant), operator)
            if taken or not rules.may_claim(row, known, floor.now()):
                return False
            until = floor.now() + rules.CLAIM_LASTS
            mine = replace(row, state=CallbackState.CLAIMED, claimed_by=operator, until=until)
            if await floor.callbacks.change(row, mine):
                await self._tell(row)
                return True
            row = await floor.callbacks.by_id(tenant, callback)
        return False

    async def give_back(self, tenant: str, operator: str, callback: str) -> bool:
        """To the others. False when it is not theirs, or a phone rings already."""
        return await self._left(
            tenant, operator, callback, state=CallbackState.WAITING, claimed_by=""
        )

    async def close(self, tenant: str, operator: str, callback: str) -> bool:
        """Nobody needs to ring any more. Who closed it stays with it."""
        return await self._left(
            tenant, operator, callback, state=CallbackState.DONE, last_outcome="closed"
        )

    async def _left(self, tenant: str, operator: str, callback: str, **changed: object) -> bool:
        row = await self._floor.callbacks.by_id(tenant, callback)
        while row is not None and row.claimed_by == operator:
            if row.state is not CallbackState.CLAIMED:
                return False
            after = replace(row, until=None, **changed)  # type: ignore[arg-type]  # fields by name
            if await self._floor.callbacks.change(row, after):
                await self._tell(row)
                return True
            row = await self._floor.callbacks.by_id(tenant, callback)
        return False

    async def _tell(self, row: Callback) -> None:
        await self._floor.news.tell(row.tenant, operator=None, what="callback", token=row.id)
