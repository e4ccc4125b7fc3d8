"""A call enters a queue, asks where it stands, and leaves."""

from dataclasses import replace

from ivr.queues import rules
from ivr.queues.model import Move, Presence, Waiting, WaitingState
from ivr.queues.offering import Floor, Offering
from ivr.queues.ports import OperatorPhones, PhoneTrouble


class Entering:
    def __init__(self, floor: Floor, offering: Offering, phones: OperatorPhones) -> None:
        self._floor = floor
        self._offering = offering
        self._phones = phones

    async def enter(self, waiting: Waiting) -> Waiting:
        """Known to screens before the carrier moves the call. Idempotent by token."""
        row = await self._floor.waiting.enter(waiting)
        await self._offering.offer(waiting.tenant)
        await self._floor.news.tell(row.tenant, operator=None, what="waiting", token=row.token)
        return row

    async def is_gone(self, tenant: str, token: str) -> bool:
        """No such stay in a queue, or it is over: nobody will be offered this call."""
        row = await self._floor.waiting.by_token(tenant, token)
        return row is None or row.state is WaitingState.GONE

    async def place(self, tenant: str, token: str) -> rules.Place | None:
        waiting = await self._floor.waiting.open(tenant)
        operators = await self._floor.operators.all(tenant)
        return rules.place(token, waiting, operators, self._floor.now())

    async def leave(self, tenant: str, call_ref: str) -> None:
        """Gave up, talk over, or hung up: whatever the row was, it is gone now. Idempotent."""
        await self.keep_only(tenant, call_ref, token="")

    async def keep_only(self, tenant: str, call_ref: str, *, token: str) -> None:
        """A call waits in one queue at a time: whatever else is left of it goes, and its place in
        the line passes to the stay under `token`."""
        rows = [row for row in await self._floor.waiting.open(tenant) if row.call_ref == call_ref]
        mine = next((row for row in rows if row.token == token), None)
        for row in rows:
            if row.token != token:
                await self._hand_on(row, mine)
                await self.withdraw(tenant, row.token)

    async def _hand_on(self, earlier: Waiting, mine: Waiting | None) -> None:
        """Nobody else's change of the stay is lost: it is read again."""
        while mine is not None:
            placed = rules.keeps_place(mine, earlier)
            if placed is mine or await self._floor.waiting.change(mine, placed):
                return
            mine = await self._floor.waiting.by_token(mine.tenant, mine.token)

    async def withdraw(self, tenant: str, token: str) -> None:
        """The same for one stay in a queue; a later one of the call is left alone."""
        row = await self._floor.waiting.by_token(tenant, token)
        while row is not None and row.state is not WaitingState.GONE:
            after = replace(row, state=WaitingState.GONE, offered_to="", offered_until=None)
            move = await self._freed(row)
            if await self._floor.waiting.change(row, after, move):
                await self._floor.tell_presence(move)
                await self._release(row)
                return
            row = await self._floor.waiting.by_token(tenant, token)

    async def _freed(self, row: Waiting) -> Move | None:
        """The operator: to wrap-up after a talk, back to the rotation when it only rang.

        After a call that we placed, the state before it returns with the end of the ringing.
        """
        if row.state not in rules.WITH_OPERATOR or row.placed:
            return None
        presence = Presence.WRAP_UP if row.state is WaitingState.TALKING else Presence.AVAILABLE
        known = await self._floor.operators.by_id(row.tenant, row.offered_to)
        return rules.leaves(known, presence, self._floor.now())

    async def _release(self, row: Waiting) -> None:
        apart = row.state is WaitingState.RINGING or row.aside_until is not None
        if apart and row.operator_leg:
            try:
                await self._phones.hang_up(row.operator_leg)
            except PhoneTrouble:
                pass  # ringing or waiting ends by itself within half a minute, into a hang-up
        await self._floor.news.tell(row.tenant, operator=None, what="ended", token=row.token)
        await self._offering.offer(row.tenant)
