"""A call from its first ring to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from stand_ins.carrier.calls import status_callbacks
from stand_ins.carrier.calls.call import Call, HungUp, Position, Source
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.verbs.outcome import Ended
from stand_ins.carrier.webhooks.form import standard_fields

Work = Coroutine[Any, Any, object]
Resume = Callable[[Position | None, Source], Work]


def start(exchange: Exchange, call: Call, work: Work, phone_number: str, resume: Resume) -> None:
    """Let the call live beside the others: `work` first, `resume` after each redirect."""
    exchange.delivery.spawn(_live(exchange, call, work, phone_number, resume))


def mark_answered(exchange: Exchange, call: Call) -> None:
    """From ringing to in-progress, told to whoever asked for it."""
    call.mark_answered()
    status_callbacks.announce(exchange, call, "answered")


async def ring(exchange: Exchange, call: Call, seconds: float) -> Ended | None:
    """Ring the dialled telephone; None when it was answered."""
    status_callbacks.announce(exchange, call, "initiated")
    phone = exchange.phones.to_ring(call.to_number)
    if phone is None:
        text = f"not simulated: {call.to_number} is no simulated telephone"
        call.timeline.add("not_simulated", text)
        return Ended(reason="unreachable", status="failed")
    if phone.busy:
        return Ended(reason="busy", status="busy")
    call.set_status("ringing", f"ringing {phone.number}")
    status_callbacks.announce(exchange, call, "ringing")
    decision = phone.ring(call.sid)
    automatic = None
    if phone.auto_answer is not None:
        delay = phone.auto_answer / exchange.pace.speed
        automatic = asyncio.get_running_loop().call_later(delay, phone.decide_for, call.sid)
    try:
        answered = await call.clock.within(seconds, decision)
    finally:
        if automatic is not None:
            automatic.cancel()
    if not answered:
        status = "no-answer" if answered is None else "busy"
        return Ended(reason=status, status=status)
    phone.picked_up(call.sid)
    mark_answered(exchange, call)
    return None


async def _live(
    exchange: Exchange, call: Call, work: Work, phone_number: str, resume: Resume
) -> None:
    ended = Ended(reason="the last document ended")
    hung_up: HungUp | None = None
    try:
        while True:
            call.performance = asyncio.ensure_future(work)
            if call.change is not None:  # it came before there was anything to interrupt
                call.performance.cancel()
            await asyncio.wait({call.performance})
            change, call.change = call.change, None
            position, call.position = call.position, None
            if isinstance(change, HungUp):
                hung_up = change
                ended = Ended(reason=f"hung up by {change.by}")
                break
            if change is None:
                ended = _outcome(call, call.performance) or ended
                break
            call.timeline.add("rest", "the call goes on with another document")
            work = resume(position, change.source)
    finally:
        if call.performance is not None:
            call.performance.cancel()
        exchange.phones.quiet(phone_number, call.sid)
    _finish(exchange, call, ended, hung_up)
    if hung_up is not None and position is not None:
        await _tell_interrupted(exchange, call, position)


def _outcome(call: Call, performance: asyncio.Task[object]) -> Ended | None:
    if performance.cancelled():
        return Ended(reason="the carrier stopped")
    error = performance.exception()
    if error is not None:
        call.timeline.add("error", f"the simulated carrier failed: {error!r}")
        return Ended(reason="carrier failure", status="failed")
    result = performance.result()
    return result if isinstance(result, Ended) else None


def _finish(exchange: Exchange, call: Call, ended: Ended, hung_up: HungUp | None) -> None:
    unanswered = call.answered_at is None
    status = "canceled" if hung_up and unanswered else ended.status
    call.mark_ended(status)
    call.timeline.add("end", ended.reason, status=status, seconds=round(call.clock.now(), 3))
    status_callbacks.announce(exchange, call, "completed")
    call.over.set()


async def _tell_interrupted(exchange: Exchange, call: Call, position: Position) -> None:
    """A Dial or Enqueue that the hang-up ended still requests its action; nobody hears it."""
    if position.verb == "Gather" or position.action is None:
        return
    form = standard_fields(call) | position.params("hangup")
    purpose = f"{position.verb} action after the hang-up"
    await exchange.delivery.notice(call, position.action, position.method, form, purpose=purpose)
