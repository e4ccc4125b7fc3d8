"""The pages of a call that we documents: the operator's leg first, then the customer's.

Twilio asks on the operator's leg, but for `callback-joined`, which is asked on the customer's: its
parent is the operator's.
"""

from collections.abc import Mapping

import structlog

from ivr.carriers.destinations import may_ring_back
from ivr.carriers.twilio import parse, twiml
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.live_calls.callbacks.placed_calls import PlacedCalls
from ivr.queues.ringing_back import RingingBack

_log = structlog.get_logger()


class CallbackDoor:
    def __init__(
        self, *, tenant: str, ringing: RingingBack, placed: PlacedCalls, documents: DocumentSettings
    ) -> None:
        self._tenant = tenant
        self._ringing = ringing
        self._placed = placed
        self._documents = documents

    async def operator(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The operator picked up: the customer's phone rings."""
        callback, leg = query.get("id", ""), form["CallSid"]
        row = await self._ringing.picked_up(self._tenant, callback, leg)
        if row is None:
            return twiml.hang_up()
        if not may_ring_back(row.number):
            _log.error("callback_destination_refused")
            await self._ringing.over(self._tenant, callback, leg, "failed")
            return twiml.not_reached()
        return twiml.customer_leg(
            row.number, row.id, caller_id=row.dialled, documents=self._documents
        )

    async def joined(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The customer picked up. Whatever fails here, the two talk."""
        leg = form.get("ParentCallSid", "")
        try:
            row = await self._ringing.reached(self._tenant, query.get("id", ""), leg)
            if row is not None:
                _, kind = parse.number(row.number)
                await self._placed.answered(row, form["CallSid"], number_kind=kind)
        except Exception:
            _log.exception("placed_call_not_shown")
        return twiml.nothing()

    async def done(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The talk is over, or the customer did not answer."""
        outcome = parse.dial_outcome(form)
        await self._placed.over(self._tenant, form["CallSid"])
        await self._ringing.over(self._tenant, query.get("id", ""), form["CallSid"], outcome)
        return twiml.hang_up() if outcome == "reached" else twiml.not_reached()

    async def status(self, form: Mapping[str, str], query: Mapping[str, str]) -> None:
        """The operator's leg has ended."""
        if parse.has_ended(form):
            await self._placed.over(self._tenant, form["CallSid"])
            await self._ringing.over(self._tenant, query.get("id", ""), form["CallSid"], "")
