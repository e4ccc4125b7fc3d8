"""*Answer*: the operator's registered phone rings and is joined to the caller who waits."""

from dataclasses import replace
from enum import Enum

from ivr.queues import rules
from ivr.queues.model import Presence, Waiting, WaitingState
from ivr.queues.offering import Desk, Offering
from ivr.queues.ports import OperatorPhones, PhoneTrouble


class Answered(Enum):
    RINGING = "ringing"
    NOT_YOURS = "not_yours"
    """No such offer (any more): it ran out, the caller left, or somebody else has it."""
    PHONE_FAILED = "phone_failed"


class Answering:
    def __init__(self, desk: Desk, offering: Offering, phones: OperatorPhones) -> None:
        self._desk = desk
        self._offering = offering
        self._phones = phones

    async def answer(self, tenant: str, operator: str, token: str) -> Answered:
        """Said twice, it rings once."""
        row = await self._desk.waiting.by_token(tenant, token)
        known = await self._desk.operators.by_id(tenant, operator)
        if row is None or known is None or row.offered_to != operator:
            return Answered.NOT_YOURS
        if row.state in (WaitingState.RINGING, WaitingState.TALKING):
            return Answered.RINGING
        if row.state is not WaitingState.WAITING or not rules.has_offer(row, self._desk.now()):
            return Answered.NOT_YOURS
        ringing = replace(row, state=WaitingState.RINGING, offered_until=None)
        if not await self._desk.waiting.change(row, ringing):
            return Answered.NOT_YOURS
        await self._presence(row.tenant, operator, Presence.ON_CALL)
        try:
            leg = await self._phones.ring_operator(known.phone, token=token, dialled=row.dialled)
        except PhoneTrouble:
            await self._back(await self._fresh(ringing))
            return Answered.PHONE_FAILED
        await self._note_leg(tenant, token, leg)
        await self._desk.news.tell(tenant, operator=None, what="ringing", token=token)
        return Answered.RINGING

    async def decline(self, tenant: str, operator: str, token: str) -> bool:
        """Pass an offer on: this operator is not asked again for this call."""
        row = await self._desk.waiting.by_token(tenant, token)
        if row is None or row.offered_to != operator or row.state is not WaitingState.WAITING:
            return False
        after = replace(
            row, offered_to="", offered_until=None, refused_by=(*row.refused_by, operator)
        )
        if not await self._desk.waiting.change(row, after):
            return False
        await self._desk.news.tell(tenant, operator=operator, what="offer_ended", token=token)
        await self._offering.offer(tenant)
        return True

    async def joined(self, tenant: str, token: str) -> Waiting | None:
        """The operator picked up. None when the caller is gone: there is nobody to join."""
        row = await self._desk.waiting.by_token(tenant, token)
        while row is not None and row.state is WaitingState.RINGING:
            talking = replace(row, state=WaitingState.TALKING)
            if await self._desk.waiting.change(row, talking):
                await self._desk.news.tell(tenant, operator=None, what="talking", token=token)
                return talking
            row = await self._desk.waiting.by_token(tenant, token)
        return row if row is not None and row.state is WaitingState.TALKING else None

    async def leg_over(self, tenant: str, token: str) -> None:
        """The operator's leg ended. Never picked up: the caller is offered to the next."""
        row = await self._desk.waiting.by_token(tenant, token)
        if row is not None and row.state is WaitingState.RINGING:
            await self._back(row)

    async def _back(self, row: Waiting) -> None:
        after = replace(
            row, state=WaitingState.WAITING, offered_to="", offered_until=None, operator_leg=""
        )
        if await self._desk.waiting.change(row, after):
            await self._offering.pause(row.tenant, row.offered_to)
            await self._desk.news.tell(
                row.tenant, operator=row.offered_to, what="offer_ended", token=row.token
            )
            await self._offering.offer(row.tenant)

    async def _note_leg(self, tenant: str, token: str, leg: str) -> None:
        row = await self._desk.waiting.by_token(tenant, token)
        while row is not None and row.state in (WaitingState.RINGING, WaitingState.TALKING):
            if await self._desk.waiting.change(row, replace(row, operator_leg=leg)):
                return
            row = await self._desk.waiting.by_token(tenant, token)
        try:
            await self._phones.hang_up(leg)
        except PhoneTrouble:
            pass  # picked up, it hears that nobody waits, and ends

    async def _fresh(self, row: Waiting) -> Waiting:
        return await self._desk.waiting.by_token(row.tenant, row.token) or row

    async def _presence(self, tenant: str, operator: str, presence: Presence) -> None:
        await self._desk.operators.set_presence(
            tenant, operator, presence, at=self._desk.now(), idle=False
        )
        await self._desk.news.tell(tenant, operator=operator, what="presence", token="")
