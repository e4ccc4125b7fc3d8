"""What a caller in a queue hears next: an announcement when one is due, and the hold sound."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

from ivr.flow_engine import engine
from ivr.flow_engine.events import QueueMoved
from ivr.flow_engine.nodes import route
from ivr.flow_engine.voice_actions import Transfer
from ivr.live_calls.answers import TURN_SECONDS, QueueTurn
from ivr.live_calls.service import LiveCalls
from ivr.queues.entering import Entering

# A document with an announcement lasts longer than this, also where the voice is faster than we
# think, so none is said twice; and one that ends later than an announcement is due, by less.
_ANNOUNCED_WITHIN: Final = TURN_SECONDS - 2


class QueueTurns:
    def __init__(
        self, *, calls: LiveCalls, entering: Entering, now: Callable[[], datetime]
    ) -> None:
        self._calls = calls
        self._entering = entering
        self._now = now

    async def turn(self, carrier_call_id: str) -> QueueTurn:
        """Drawn afresh each time and consuming nothing: the carrier asks again and again.

        A call that no queue knows (its session was lost, say) leaves, and goes on with what its
        session says.
        """
        known = await self._calls.on_the_line(carrier_call_id)
        if known is None:
            return QueueTurn(leave=True)
        row, flow, session = known
        closing = session.document.closing if session.document else None
        if not isinstance(closing, Transfer):
            return QueueTurn(leave=True)
        stands = await self._entering.place(row.tenant, closing.token)
        if stands is None and await self._entering.is_gone(row.tenant, closing.token):
            return QueueTurn(leave=True)
        if stands is None:
            return QueueTurn(sound=closing.hold_sound, language=session.language)
        if stands.overdue:
            return QueueTurn(leave=True)
        moved = QueueMoved(position=stands.position, size=stands.size, wait=stands.wait)
        now = self._now()
        left = route.next_announcement(flow, session, now)
        return QueueTurn(
            spoken=engine.announce(flow, session, moved, now, turn=_ANNOUNCED_WITHIN),
            sound=closing.hold_sound,
            language=session.language,
            seconds=TURN_SECONDS if left is None else min(TURN_SECONDS, math.ceil(left)),
        )
