"""Offer waiting calls to free operators, one operator at a time, 20 seconds each."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.queues import rules
from ivr.queues.model import Move, Operator, Presence, Waiting, WaitingState
from ivr.queues.ports import Callbacks, Operators, QueueNews, WaitingCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What every verb of this room works with."""

    waiting: WaitingCalls
    callbacks: Callbacks
    operators: Operators
    news: QueueNews
    now: Callable[[], datetime]

    async def tell_presence(self, move: Move | None) -> None:
        """After it is written."""
        if move is not None:
            known = move.known
            await self.news.tell(known.tenant, operator=known.id, what="presence", token="")


class Offering:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        # Two beside each other would try the same offers. Those of other processes are no
        # different: the store gives an operator one call at a time, whoever comes second.
        self._one_at_a_time = asyncio.Lock()

    async def offer(self, tenant: str) -> None:
        """Give every call without an offer to whoever is free. Safe to call at any time."""
        floor = self._floor
        async with self._one_at_a_time:
            now = floor.now()
            waiting = await floor.waiting.open(tenant)
            operators = await floor.operators.all(tenant)
            for row, operator in rules.next_offers(waiting, operators):
                after = replace(row, offered_to=operator.id, offered_until=now + rules.OFFER_LASTS)
                if await floor.waiting.change(row, after):
                    await floor.news.tell(
                        tenant, operator=operator.id, what="offer", token=row.token
                    )

    async def tick(self, tenant: str) -> None:
        """Take back what ran out, an offer or a ringing, and ask the next.

        It also frees operators whom a lost message or a crash left on a call that is no more.
        """
        now = self._floor.now()
        waiting = await self._floor.waiting.open(tenant)
        for row in waiting:
            if rules.missed(row, now):
                known = await self._floor.operators.by_id(tenant, row.offered_to)
                await self._without_offer(row, rules.pauses(known, now))
            elif rules.rang_out(row, now):
                await self.take_back(tenant, row.token, row.offered_to)
        callbacks = await self._floor.callbacks.open(tenant)
        operators = await self._floor.operators.all(tenant)
        for row in rules.offered_in_vain(waiting, operators):
            await self._without_offer(row)
        for stuck in rules.on_no_call(waiting, callbacks, operators):
            await self.settle(tenant, stuck.id, Presence.WRAP_UP)
        for wishing in rules.wishes_due(operators):
            await self._leaves(wishing, Presence.AVAILABLE)
        await self.offer(tenant)

    async def withdraw(self, tenant: str, operator: str) -> None:
        """Take back what is offered to an operator who leaves the rotation, without waiting."""
        for row in await self._floor.waiting.open(tenant):
            if row.state is WaitingState.WAITING and row.offered_to == operator:
                await self._without_offer(row)

    async def take_back(self, tenant: str, token: str, operator: str) -> None:
        """Their phone led to no talk: they pause, and the caller is offered to the next.

        A call that is over by now stays over, and the operator is free.
        """
        floor = self._floor
        row = await floor.waiting.by_token(tenant, token)
        while row is not None and rules.rings_at(row, operator):
            move = rules.pauses(await floor.operators.by_id(tenant, operator), floor.now())
            after = replace(
                row,
                state=WaitingState.WAITING,
                offered_to="",
                offered_until=None,
                operator_leg="",
            )
            if await floor.waiting.change(row, after, move):
                await floor.tell_presence(move)
                await floor.news.tell(tenant, operator=operator, what="offer_ended", token=token)
                await self.offer(tenant)
                await floor.news.tell(tenant, operator=None, what="waiting", token=token)
                return
            row = await floor.waiting.by_token(tenant, token)
        await self.settle(tenant, operator, Presence.AVAILABLE)

    async def settle(self, tenant: str, operator: str, presence: Presence) -> None:
        """Free an operator who is on a call by name only."""
        known = await self._floor.operators.by_id(tenant, operator)
        if known is None:
            return
        waiting = await self._floor.waiting.open(tenant)
        callbacks = await self._floor.callbacks.open(tenant)
        if not rules.on_no_call(waiting, callbacks, [known]):
            return
        await self._leaves(known, presence)
        await self.offer(tenant)

    async def _leaves(self, known: Operator, presence: Presence) -> None:
        """Somebody who is on no call, by what was read after `known`; the next tick looks again at
        one of whom something else has become meanwhile."""
        move = rules.leaves(known, presence, self._floor.now())
        if move is not None and await self._floor.operators.move(move):
            await self._floor.tell_presence(move)

    async def _without_offer(self, row: Waiting, move: Move | None = None) -> None:
        without = replace(row, offered_to="", offered_until=None)
        if await self._floor.waiting.change(row, without, move):
            await self._floor.tell_presence(move)
            await self._floor.news.tell(
                row.tenant, operator=row.offered_to, what="offer_ended", token=row.token
            )
