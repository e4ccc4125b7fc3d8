"""A talk with a short pause in it: the machine speaks to the caller, the operator's leg waits.

The pause has an end of its own, so that a lost word keeps nobody in it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from ivr.queues import rules
from ivr.queues.model import Presence, Waiting, WaitingState
from ivr.queues.offering import Floor, Offering

ASIDE_LASTS: Final = timedelta(seconds=60)
"""Longer than a code said twice: after it an operator's leg without a caller hangs up."""


class Asides:
    def __init__(self, floor: Floor, offering: Offering) -> None:
        self._floor = floor
        self._offering = offering

    async def begin(self, tenant: str, call_ref: str) -> Waiting | None:
        """Before the caller is moved. None when nobody talks with this call as it waited."""
        row = await self._floor.waiting.by_call(tenant, call_ref)
        while row is not None and row.state is WaitingState.TALKING and not row.placed:
            aside = replace(row, aside_until=self._floor.now() + ASIDE_LASTS)
            if await self._floor.waiting.change(row, aside):
                return aside
            row = await self._floor.waiting.by_call(tenant, call_ref)
        return None

    async def is_on(self, tenant: str, token: str) -> bool:
        row = await self._floor.waiting.by_token(tenant, token)
        return row is not None and self._on(row)

    async def end(self, tenant: str, token: str) -> None:
        """The two are together again, or never were apart. Idempotent."""
        row = await self._floor.waiting.by_token(tenant, token)
        while row is not None and row.aside_until is not None:
            if await self._floor.waiting.change(row, replace(row, aside_until=None)):
                return
            row = await self._floor.waiting.by_token(tenant, token)

    async def operator_left(self, tenant: str, token: str, leg: str) -> bool:
        """The operator's `leg` ended during it: the caller, still there, is offered to others."""
        floor = self._floor
        row = await floor.waiting.by_token(tenant, token)
        while row is not None and self._on(row) and row.operator_leg == leg:
            known = await floor.operators.by_id(tenant, row.offered_to)
            move = rules.leaves(known, Presence.WRAP_UP, floor.now())
            waits = replace(
                row,
                state=WaitingState.WAITING,
                since=floor.now(),
                offered_to="",
                offered_until=None,
                operator_leg="",
                aside_until=None,
            )
            if await floor.waiting.change(row, waits, move):
                await floor.tell_presence(move)
                await self._offering.offer(tenant)
                await floor.news.tell(tenant, operator=None, what="waiting", token=token)
                return True
            row = await floor.waiting.by_token(tenant, token)
        return False

    def _on(self, row: Waiting) -> bool:
        until = row.aside_until
        talks = row.state is WaitingState.TALKING
        return talks and until is not None and until > self._floor.now()
