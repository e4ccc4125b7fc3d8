"""The errands of the queue and its screens: make the call known before the carrier moves it."""

from collections.abc import Callable
from datetime import datetime

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import ShowOperator, WithdrawScreen
from ivr.flow_engine.events import ErrandDone, Event
from ivr.live_calls.ports import CallRow
from ivr.queues.entering import Entering
from ivr.queues.model import Waiting


class OperatorScreen:
    def __init__(self, *, entering: Entering, now: Callable[[], datetime]) -> None:
        self._entering = entering
        self._now = now

    async def show(self, errand: ShowOperator, row: CallRow, flow: Flow) -> Event:
        await self._entering.enter(
            Waiting(
                tenant=row.tenant,
                token=errand.token,
                call_ref=row.call_ref,
                queue=errand.queue,
                priority=errand.priority,
                since=self._now(),
                max_wait=errand.max_wait,
                reason=errand.reason,
                attributes=errand.attributes,
                dialled=row.dialled,
            )
        )
        return ErrandDone(key=errand.key)

    async def withdraw(self, errand: WithdrawScreen, row: CallRow, flow: Flow) -> Event:
        if errand.token:
            await self._entering.withdraw(row.tenant, errand.token)
        else:
            await self._entering.leave(row.tenant, row.call_ref)
        return ErrandDone(key=errand.key)

    async def moved(self, row: CallRow, token: str) -> None:
        """The call is on its way to the queue under `token`; no earlier stay outlives that."""
        await self._entering.keep_only(row.tenant, row.call_ref, token=token)

    async def call_over(self, row: CallRow) -> None:
        """Also for a call whose session was lost: nobody is offered a caller who has gone."""
        await self._entering.leave(row.tenant, row.call_ref)
