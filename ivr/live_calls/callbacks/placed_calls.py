"""Calls that we place: while customer and operator talk, they have a row and a screen as others.

So a check can be made in them, with `direction` business; what an earlier call proved becomes green
only by a new binding in this one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ivr.live_calls.callbacks.kept_results import KeptResults
from ivr.live_calls.ports import CallRow, CallRows, Placed
from ivr.queues.model import Callback, Waiting, WaitingState
from ivr.queues.placed_talks import PlacedTalks


class EndsCalls(Protocol):
    async def ended(self, carrier_call_id: str) -> None: ...


class PlacedCalls:
    """`ref_of` turns the carrier's id of the customer's leg into the call_ref of this tenant."""

    def __init__(
        self,
        *,
        rows: CallRows,
        calls: EndsCalls,
        talks: PlacedTalks,
        kept: KeptResults,
        ref_of: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._calls = calls
        self._talks = talks
        self._kept = kept
        self._ref_of = ref_of
        self._now = now

    async def answered(self, wanted: Callback, carrier_call_id: str, *, number_kind: str) -> None:
        """The customer's leg talks with the operator's. Repeated, it changes nothing."""
        asked = await self._rows.by_ref(wanted.tenant, wanted.call_ref)
        kept = await self._kept.of(wanted, named=True)
        row = await self._rows.begin(
            CallRow(
                tenant=wanted.tenant,
                call_ref=self._ref_of(carrier_call_id),
                carrier_call_id=carrier_call_id,
                number=wanted.number,
                number_kind=number_kind,
                dialled=wanted.dialled,
                flow_version=asked.flow_version if asked else "",
                began_at=self._now(),
                placed=Placed.BY_BUSINESS,
                expect=kept.contracts[0].ref if kept.contracts else "",
            )
        )
        if row.ended_at is None:
            await self._talks.begin(_talk(row, wanted))

    async def over(self, tenant: str, leg: str) -> None:
        """The operator's `leg` of such a call is over: so is the talk. Repeated, it is nothing."""
        talk = await self._talks.of_leg(tenant, leg)
        row = await self._rows.by_ref(tenant, talk.call_ref) if talk else None
        if row is not None:
            await self._calls.ended(row.carrier_call_id)


def _talk(row: CallRow, wanted: Callback) -> Waiting:
    """Its token is the call's own name: the same call-back may be rung again later."""
    return Waiting(
        tenant=row.tenant,
        token=row.call_ref,
        call_ref=row.call_ref,
        queue=wanted.queue,
        priority=0,
        since=row.began_at,
        max_wait=0,
        reason="",
        attributes={},
        dialled=row.dialled,
        state=WaitingState.TALKING,
        offered_to=wanted.claimed_by,
        operator_leg=wanted.leg,
        placed=True,
    )
