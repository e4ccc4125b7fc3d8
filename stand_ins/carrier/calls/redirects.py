"""A live call put on another document: the interrupted verb's action and the target race."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from stand_ins.carrier.calls.call import DocumentRequest, GivenDocument, Position, Source
from stand_ins.carrier.faults import Fault
from stand_ins.carrier.verbs.outcome import Ended, LeftQueue
from stand_ins.carrier.webhooks.form import standard_fields

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

# Carrier seconds after the REST request: (first request, second request).
DELAYS = {"Dial": (0.32, 0.65), "Enqueue": (0.0, 0.33), "Gather": (0.32, 0.65)}

# Real seconds in which a request gets onto the wire, so that no speed turns the order round.
SENT = 0.02


async def carry_out(
    performance: Performance, position: Position | None, target: Source
) -> Ended | LeftQueue | None:
    """Go on with `target`, or with the interrupted verb's action if a fault reverses the order.

    Of the two requests only the later one's document takes effect.
    """
    call, faults = performance.call, performance.exchange.faults
    action = _interrupted_action(position)
    order = faults.take("redirect", call_sid=call.sid)
    if position is not None and position.verb == "Gather":
        # Whether a real carrier does this is unknown, so it happens on request only.
        order = faults.take("gather", call_sid=call.sid)
        action = action if order else None
    if position is None or action is None:
        return await performance.documents(target)
    first, second = _ordered(action, target, order)
    before, until = DELAYS[position.verb]
    await call.clock.sleep(before)
    if isinstance(first, DocumentRequest):
        purpose = f"document without effect (interrupted {position.verb})"
        form = standard_fields(call) | first.params
        notice = performance.exchange.delivery.notice
        performance.exchange.delivery.spawn(
            notice(call, first.url, first.method, form, purpose=purpose)
        )
    await asyncio.sleep(SENT)
    await call.clock.sleep(until - before)
    return await performance.documents(second)


def _interrupted_action(position: Position | None) -> DocumentRequest | None:
    if position is None or position.action is None:
        return None
    params = position.params("redirected")
    return DocumentRequest(url=position.action, method=position.method, params=params)


def _ordered(action: DocumentRequest, target: Source, fault: Fault | None) -> tuple[Source, Source]:
    reverse = fault is not None and fault.word("order", "action_first") == "target_first"
    if reverse and not isinstance(target, GivenDocument):
        return target, action
    return action, target
