"""*Answer*: the operator's registered phone rings and is joined to the caller who waits."""

from dataclasses import replace
from enum import Enum

from ivr.queues import rules
from ivr.queues.model import Move, Operator, Presence, Waiting, WaitingState
from ivr.queues.offering import Floor, Offering
from ivr.queues.ports import OperatorPhones, PhoneTrouble


class Answered(Enum):
    RINGING = "ringing"
    NOT_YOURS = "not_yours"
    """No such offer (any more): it ran out, the caller left, or somebody else has it."""
    PHONE_FAILED = "phone_failed"


class Answering:
    def __init__(self, floor: Floor, offering: Offering, phones: OperatorPhones) -> None:
        self._floor = floor
        self._offering = offering
        self._phones = phones

    async def answer(self, tenant: str, operator: str, token: str) -> Answered:
        """Said twice, it rings once."""
        known = await self._floor.operators.by_id(tenant, operator)
        row = await self._floor.waiting.by_token(tenant, token)
        while known is not None and row is not None and row.offered_to == operator:
            if row.state in rules.WITH_OPERATOR:
                return Answered.RINGING
            now = self._floor.now()
            if known.presence is Presence.ON_CALL or not rules.has_offer(row, now):
                break
            ringing = replace(
                row, state=WaitingState.RINGING, offered_until=now + rules.RINGING_LASTS
            )
            on_call = Move(known=known, presence=Presence.ON_CALL, at=now)
            if await self._floor.waiting.change(row, ringing, on_call):
                await self._floor.tell_presence(on_call)
                return await self._ring(known, ringing)
            known = await self._floor.operators.by_id(tenant, operator)
            row = await self._floor.waiting.by_token(tenant, token)
        return Answered.NOT_YOURS

    async def decline(self, tenant: str, operator: str, token: str) -> bool:
        """Pass an offer on: this operator is not asked again for this call."""
        row = await self._floor.waiting.by_token(tenant, token)
        if row is None or row.offered_to != operator or row.state is not WaitingState.WAITING:
            return False
        after = replace(
            row, offered_to="", offered_until=None, refused_by=(*row.refused_by, operator)
        )
        if not await self._floor.waiting.change(row, after):
            return False
        await self._floor.news.tell(tenant, operator=operator, what="offer_ended", token=token)
        await self._offering.offer(tenant)
        return True

    async def picked_up(self, tenant: str, token: str, leg: str) -> bool:
        """The operator holds `leg` until joined: the ringing lasts so long again from now.

        False when the caller is gone or is no longer theirs: there is nobody to wait for.
        """
        row = await self._floor.waiting.by_token(tenant, token)
        while row is not None and row.state is WaitingState.RINGING and _is_leg(row, leg):
            until = self._floor.now() + rules.RINGING_LASTS
            held = replace(row, offered_until=until, operator_leg=leg)
            if await self._floor.waiting.change(row, held):
                return True
            row = await self._floor.waiting.by_token(tenant, token)
        return row is not None and row.state is WaitingState.TALKING and _is_leg(row, leg)

    async def joined(self, tenant: str, token: str, leg: str) -> Waiting | None:
        """`leg` and the caller are put together. None when the caller is gone or not theirs."""
        row = await self._floor.waiting.by_token(tenant, token)
        while row is not None and row.state is WaitingState.RINGING and _is_leg(row, leg):
            talking = replace(row, state=WaitingState.TALKING, offered_until=None, operator_leg=leg)
            if await self._floor.waiting.change(row, talking):
                await self._floor.news.tell(tenant, operator=None, what="talking", token=token)
                return talking
            row = await self._floor.waiting.by_token(tenant, token)
        again = row is not None and row.state is WaitingState.TALKING and _is_leg(row, leg)
        return row if again else None

    async def leg_over(self, tenant: str, token: str, leg: str) -> None:
        """The operator's `leg` ended. Never picked up: the caller is offered to the next."""
        row = await self._floor.waiting.by_token(tenant, token)
        if row is not None and row.state is WaitingState.RINGING and _is_leg(row, leg):
            await self._offering.take_back(tenant, token, row.offered_to)

    async def _ring(self, known: Operator, row: Waiting) -> Answered:
        tenant, token = row.tenant, row.token
        await self._floor.news.tell(tenant, operator=None, what="ringing", token=token)
        try:
            leg = await self._phones.ring_operator(known.phone, token=token, dialled=row.dialled)
        except PhoneTrouble:
            await self._offering.take_back(tenant, token, known.id)
            return Answered.PHONE_FAILED
        if await self._note_leg(tenant, token, known.id, leg):
            return Answered.RINGING
        return Answered.NOT_YOURS

    async def _note_leg(self, tenant: str, token: str, operator: str, leg: str) -> bool:
        """False when the caller left while the phone was being rung: nobody is to be joined."""
        row = await self._floor.waiting.by_token(tenant, token)
        while row is not None and row.state in rules.WITH_OPERATOR and row.offered_to == operator:
            if row.operator_leg == leg or await self._floor.waiting.change(
                row, replace(row, operator_leg=leg)
            ):
                return True
            row = await self._floor.waiting.by_token(tenant, token)
        try:
            await self._phones.hang_up(leg)
        except PhoneTrouble:
            pass  # picked up, it hears that nobody waits, and ends
        await self._offering.settle(tenant, operator, Presence.AVAILABLE)
        return False


def _is_leg(row: Waiting, leg: str) -> bool:
    """A leg of an earlier ring neither joins nor ends this one; the first moments know no leg."""
    return row.operator_leg in ("", leg)
