"""*Ring*: the operator's phone first, then the customer's; and what came of it."""

from dataclasses import replace
from enum import Enum

from ivr.queues import rules
from ivr.queues.model import Callback, CallbackState, Move, Operator, Presence
from ivr.queues.offering import Floor, Offering
from ivr.queues.ports import OperatorPhones, PhoneTrouble

_REACHED = "reached"


class Rung(Enum):
    RINGING = "ringing"
    NOT_YOURS = "not_yours"
    """Somebody else's, or not on the list any more."""
    NOT_NOW = "not_now"
    """In the middle of another call, or signed out of the rotation."""
    PHONE_FAILED = "phone_failed"


class RingingBack:
    def __init__(self, floor: Floor, offering: Offering, phones: OperatorPhones) -> None:
        self._floor = floor
        self._offering = offering
        self._phones = phones

    async def ring(self, tenant: str, operator: str, callback: str) -> Rung:
        """Of one's own claim. Said twice, it rings once."""
        known = await self._floor.operators.by_id(tenant, operator)
        row = await self._floor.callbacks.by_id(tenant, callback)
        while known is not None and row is not None and row.claimed_by == operator:
            if row.state in rules.ON_THE_PHONE:
                return Rung.RINGING
            if row.state is not CallbackState.CLAIMED:
                break
            if known.presence in (Presence.ON_CALL, Presence.OFFLINE):
                return Rung.NOT_NOW
            now = self._floor.now()
            ringing = replace(
                row,
                state=CallbackState.RINGING,
                until=now + rules.RINGING_BACK_LASTS,
                presence_before=known.presence,
                leg="",
            )
            on_call = Move(known=known, presence=Presence.ON_CALL, at=now)
            if await self._floor.callbacks.change(row, ringing, on_call):
                await self._floor.tell_presence(on_call)
                return await self._ring(known, ringing)
            known = await self._floor.operators.by_id(tenant, operator)
            row = await self._floor.callbacks.by_id(tenant, callback)
        return Rung.NOT_YOURS

    async def picked_up(self, tenant: str, callback: str, leg: str) -> Callback | None:
        """The operator holds `leg`: now the customer is called. None when nobody is to be."""
        now = self._floor.now()
        return await self._moved(
            tenant,
            callback,
            leg,
            of=(CallbackState.RINGING, CallbackState.CALLING),
            state=CallbackState.CALLING,
            until=now + rules.CALLING_LASTS,
            last_tried_at=now,
        )

    async def reached(self, tenant: str, callback: str, leg: str) -> Callback | None:
        """The customer answered; the two are put together. None when nobody is to be."""
        until = self._floor.now() + rules.LONGEST_TALK
        return await self._moved(
            tenant,
            callback,
            leg,
            of=(CallbackState.CALLING, CallbackState.TALKING),
            state=CallbackState.TALKING,
            until=until,
        )

    async def over(self, tenant: str, callback: str, leg: str, outcome: str) -> None:
        """The operator's `leg` is over, or the customer's phone led nowhere.

        `outcome`: reached, no_answer, busy, failed; "" when only the leg's end is known. A
        customer who was not reached stays on the list, for anybody; an operator who did not pick
        up or hung up too early keeps the claim. The earlier presence comes back.
        """
        row = await self._floor.callbacks.by_id(tenant, callback)
        while row is not None and row.state in rules.ON_THE_PHONE and row.leg in ("", leg):
            move = await self._freed(row)
            if await self._floor.callbacks.change(row, self._after(row, outcome), move):
                await self._is_over(row, move)
                return
            row = await self._floor.callbacks.by_id(tenant, callback)

    async def tick(self, tenant: str) -> None:
        """Claims that ran out, and calls whose end nobody told."""
        now = self._floor.now()
        for row in await self._floor.callbacks.open(tenant):
            if not rules.ran_out(row, now):
                continue
            move = await self._freed(row)
            if await self._floor.callbacks.change(row, _back_on_the_list(row), move):
                await self._hang_up(row)
                await self._is_over(row, move)

    def _after(self, row: Callback, outcome: str) -> Callback:
        talked = row.state is CallbackState.TALKING or outcome == _REACHED
        if talked:
            return replace(
                row,
                state=CallbackState.DONE,
                until=None,
                tries=row.tries + 1,
                last_outcome=_REACHED,
            )
        if row.state is CallbackState.CALLING and outcome:
            tried = replace(row, tries=row.tries + 1, last_outcome=outcome)
            return _back_on_the_list(tried)
        until = self._floor.now() + rules.CLAIM_LASTS
        return replace(row, state=CallbackState.CLAIMED, until=until, leg="")

    async def _ring(self, known: Operator, row: Callback) -> Rung:
        tenant = row.tenant
        await self._offering.withdraw(tenant, known.id)
        await self._tell(row)
        try:
            leg = await self._phones.ring_back(known.phone, callback=row.id, dialled=row.dialled)
        except PhoneTrouble:
            await self.over(tenant, row.id, "", "")
            return Rung.PHONE_FAILED
        noted = await self._moved(tenant, row.id, leg, of=tuple(rules.ON_THE_PHONE))
        if noted is None:  # it ran out while the phone was being rung: nobody is to be called
            await self._hang_up(replace(row, leg=leg))
            return Rung.NOT_YOURS
        return Rung.RINGING

    async def _moved(
        self,
        tenant: str,
        callback: str,
        leg: str,
        *,
        of: tuple[CallbackState, ...],
        **changed: object,
    ) -> Callback | None:
        """The first moments know no leg; a leg of an earlier ring moves nothing."""
        row = await self._floor.callbacks.by_id(tenant, callback)
        while row is not None and row.state in of and row.leg in ("", leg):
            after = replace(row, leg=leg, **changed)  # type: ignore[arg-type]  # fields by name
            if await self._floor.callbacks.change(row, after):
                await self._tell(row)
                return after
            row = await self._floor.callbacks.by_id(tenant, callback)
        return None

    async def _freed(self, row: Callback) -> Move | None:
        """After an outbound call the state before it returns. None for somebody who is on no
        phone, or with another call."""
        floor = self._floor
        known = await floor.operators.by_id(row.tenant, row.claimed_by)
        if known is None or row.state not in rules.ON_THE_PHONE:
            return None
        waiting = await floor.waiting.open(row.tenant)
        others = [one for one in await floor.callbacks.open(row.tenant) if one.id != row.id]
        if not rules.on_no_call(waiting, others, [known]):
            return None
        return rules.leaves(known, row.presence_before, floor.now())

    async def _is_over(self, row: Callback, move: Move | None) -> None:
        await self._floor.tell_presence(move)
        await self._tell(row)
        if move is not None:
            await self._offering.offer(row.tenant)

    async def _hang_up(self, row: Callback) -> None:
        if row.leg:
            try:
                await self._phones.hang_up(row.leg)
            except PhoneTrouble:
                pass  # it has ended by itself

    async def _tell(self, row: Callback) -> None:
        await self._floor.news.tell(row.tenant, operator=None, what="callback", token=row.id)


def _back_on_the_list(row: Callback) -> Callback:
    return replace(row, state=CallbackState.WAITING, claimed_by="", until=None, leg="")
