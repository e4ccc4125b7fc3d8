"""The errand `LookUp`: ask the business's own systems, within the time the flow gives."""

import asyncio

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import LookUp
from ivr.flow_engine.events import Event, LookupAnswered
from ivr.live_calls.ports import CallRow, Lookups


class LookUpErrand:
    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    async def __call__(self, errand: LookUp, row: CallRow, flow: Flow) -> Event:
        try:
            async with asyncio.timeout(errand.timeout):
                answer = await self._lookups.look_up(row.tenant, errand.name, errand.args)
        except TimeoutError:
            return LookupAnswered(key=errand.key, outcome="error")
        return LookupAnswered(key=errand.key, outcome=answer.outcome, fields=dict(answer.fields))
