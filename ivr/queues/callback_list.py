"""The list of people to be rung back: who is put on it, who takes one, and what becomes of it."""

from dataclasses import replace

from ivr.queues import rules
from ivr.queues.model import Callback, CallbackState
from ivr.queues.offering import Desk


class CallbackList:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def register(self, wanted: Callback) -> bool:
        """Idempotent by id. One who is on the list of that queue keeps the place there, with the
        newer call's result. False when the list is full."""
        standing = await self._desk.callbacks.open(wanted.tenant)
        for row in standing:
            if row.id == wanted.id:
                return True
            same = row.state is CallbackState.WAITING and row.number == wanted.number
            if same and row.queue == wanted.queue:
                newer = replace(row, call_ref=wanted.call_ref, keep_result=wanted.keep_result)
                if await self._desk.callbacks.change(row, newer):
                    await self._tell(row)
                    return True
        if len(standing) >= rules.MOST_CALLBACKS:
            return False
        await self._tell(await self._desk.callbacks.register(wanted))
        return True

    async def claim(self, tenant: str, operator: str, callback: str) -> bool:
        """One that is due. One operator has one at a time; said twice, it is still theirs."""
        desk = self._desk
        known = await desk.operators.by_id(tenant, operator)
        row = await desk.callbacks.by_id(tenant, callback)
        while known is not None and row is not None:
            if row.claimed_by == operator:
                return row.state is not CallbackState.DONE
            taken = rules.taken_by(await desk.callbacks.open(tenant), operator)
            if taken or not rules.may_claim(row, known, desk.now()):
                return False
            until = desk.now() + rules.CLAIM_LASTS
            mine = replace(row, state=CallbackState.CLAIMED, claimed_by=operator, until=until)
            if await desk.callbacks.change(row, mine):
                await self._tell(row)
                return True
            row = await desk.callbacks.by_id(tenant, callback)
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
        row = await self._desk.callbacks.by_id(tenant, callback)
        while row is not None and row.claimed_by == operator:
            if row.state is not CallbackState.CLAIMED:
                return False
            after = replace(row, until=None, **changed)  # type: ignore[arg-type]  # fields by name
            if await self._desk.callbacks.change(row, after):
                await self._tell(row)
                return True
            row = await self._desk.callbacks.by_id(tenant, callback)
        return False

    async def _tell(self, row: Callback) -> None:
        await self._desk.news.tell(row.tenant, operator=None, what="callback", token=row.id)
