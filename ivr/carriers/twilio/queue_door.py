"""The pages of a queue: what the waiting caller hears, and the operator's own leg.

One carrier queue per waiting call, named by its opaque token, so that an operator is joined to
the very call they were offered (docs/decisions: one carrier queue per waiting call).
"""

import asyncio
from collections.abc import Mapping

import structlog

from ivr.carriers.twilio import parse, twiml
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.twiml import Place
from ivr.flow_engine.events import TalkBegan
from ivr.live_calls.ports import CarrierTrouble
from ivr.live_calls.queue_turns import TURN_SECONDS, QueueTurns
from ivr.live_calls.service import LiveCalls
from ivr.queues.answering import Answering

_log = structlog.get_logger()


class QueueDoor:
    def __init__(
        self,
        *,
        tenant: str,
        calls: LiveCalls,
        turns: QueueTurns,
        answering: Answering,
        rest: TwilioRest,
        place: Place,
    ) -> None:
        self._tenant = tenant
        self._calls = calls
        self._turns = turns
        self._answering = answering
        self._rest = rest
        self._place = place
        self._clearing: set[asyncio.Task[None]] = set()

    async def turn(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The waiting document; the carrier asks for the next when it has ended."""
        turn = await self._turns.turn(form["CallSid"])
        return twiml.queue_turn(turn, seconds=TURN_SECONDS, place=self._place)

    async def operator(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The operator picked up."""
        token = query.get("token", "")
        waiting = await self._answering.joined(self._tenant, token, form.get("CallSid", ""))
        if waiting is None:
            return twiml.hang_up()
        await self._calls.tell(waiting.call_ref, TalkBegan())
        return twiml.operator_leg(token, self._place)

    async def operator_done(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        return twiml.hang_up()

    async def operator_status(self, form: Mapping[str, str], query: Mapping[str, str]) -> None:
        if parse.has_ended(form):
            await self._answering.leg_over(
                self._tenant, query.get("token", ""), form.get("CallSid", "")
            )

    async def cleared(self, form: Mapping[str, str]) -> None:
        """Remove the call's own queue at the carrier, in the background: nothing depends on it."""
        queue_sid = form.get("QueueSid", "")
        if not queue_sid:
            return
        task = asyncio.ensure_future(self._forget(queue_sid))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _forget(self, queue_sid: str) -> None:
        try:
            await self._rest.forget_queue(queue_sid)
        except CarrierTrouble:
            _log.warning("carrier_queue_left_behind")
