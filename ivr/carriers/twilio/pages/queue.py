"""The pages of a queue: what the waiting caller hears, and the operator's own leg.

One carrier queue per waiting call, named by its opaque token, so that an operator is joined to
the very call they were offered (docs/decisions: one carrier queue per waiting call).

The operator's leg is another call: nothing that happens to it is ever taken for the caller's end.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from ivr.carriers.twilio import parse, twiml
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.flow_engine.events import TalkBegan
from ivr.live_calls.answers import QueueTurn
from ivr.live_calls.queue_turns import QueueTurns
from ivr.live_calls.service import LiveCalls
from ivr.queues.answering import Answering
from ivr.queues.asides import Asides

_log = structlog.get_logger()
_TRIES: Final = 20
_REMEMBERED: Final = 1_000


class QueueDoor:
    """`forget` removes a queue at the carrier, beside everything else: nothing depends on it."""

    def __init__(
        self,
        *,
        tenant: str,
        calls: LiveCalls,
        turns: QueueTurns,
        answering: Answering,
        asides: Asides,
        forget: Callable[[str], None],
        documents: DocumentSettings,
    ) -> None:
        self._tenant = tenant
        self._calls = calls
        self._turns = turns
        self._answering = answering
        self._asides = asides
        self._forget = forget
        self._documents = documents
        self._cleared: deque[str] = deque(maxlen=_REMEMBERED)

    async def turn(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The waiting document; the carrier asks for the next when it has ended.

        Whatever fails, the caller keeps the place in the queue and hears something.
        """
        try:
            turn = await self._turns.turn(form["CallSid"])
        except Exception:
            _log.exception("queue_turn_failed")
            turn = QueueTurn()
        return twiml.queue_turn(turn, documents=self._documents)

    async def operator(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The operator picked up."""
        token = query.get("token", "")
        if not await self._answering.picked_up(self._tenant, token, form["CallSid"]):
            return twiml.hang_up()
        return twiml.operator_leg(token, self._documents)

    async def joined(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """Caller and operator are put together now. Asked on the caller's leg; it names both."""
        token, leg = query.get("token", ""), form.get("DequeingCallSid", "")
        waiting = await self._answering.joined(self._tenant, token, leg)
        if waiting is not None and waiting.aside_until is not None:
            await self._asides.end(self._tenant, token)
        elif waiting is not None:
            await self._calls.tell(waiting.call_ref, TalkBegan())
        return twiml.nothing()

    async def operator_done(self, form: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """Talk over or paused, or the caller has not come to the queue yet, or never will."""
        token, tried = query.get("token", ""), parse.seconds(query, "tried")
        aside = parse.was_joined(form) and await self._asides.is_on(self._tenant, token)
        over = (parse.was_joined(form) and not aside) or tried >= _TRIES
        if over or not await self._answering.picked_up(self._tenant, token, form["CallSid"]):
            return twiml.hang_up()
        return twiml.operator_leg(token, self._documents, tried=tried, aside=aside)

    async def operator_status(self, form: Mapping[str, str], query: Mapping[str, str]) -> None:
        token, leg = query.get("token", ""), form["CallSid"]
        if parse.has_ended(form) and not await self._asides.operator_left(self._tenant, token, leg):
            await self._answering.leg_over(self._tenant, token, leg)

    def cleared(self, form: Mapping[str, str]) -> None:
        """The caller has left the call's own queue. Told again (a replay, say), nothing is done."""
        queue_sid = form.get("QueueSid", "")
        if queue_sid and queue_sid not in self._cleared:
            self._cleared.append(queue_sid)
            self._forget(queue_sid)
