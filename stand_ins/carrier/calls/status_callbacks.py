"""Status callbacks: hints about a call, numbered, in the order in which things happened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.webhooks.form import standard_fields

_BEFORE_ANSWER = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def announce(exchange: Exchange, call: Call, event: str) -> None:
    """Send `event` (initiated, ringing, answered, completed) when somebody asked for it."""
    callback = call.status_callback
    if callback is None or event not in callback.events:
        return
    form = standard_fields(call) | {
        "CallStatus": _BEFORE_ANSWER.get(event, call.status),
        "Timestamp": format_datetime(datetime.now(UTC)),
        "SequenceNumber": str(call.callbacks_sent),
        "CallbackSource": "call-progress-events",
    }
    call.callbacks_sent += 1
    if event == "completed":
        seconds = call.duration()
        form |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
    sending = _send(exchange, call, event, form, call.last_callback)
    call.last_callback = exchange.delivery.spawn(sending)


async def _send(
    exchange: Exchange,
    call: Call,
    event: str,
    form: dict[str, str],
    before: asyncio.Task[object] | None,
) -> None:
    if before is not None:
        await asyncio.wait({before})
    copies = 1
    if event == "completed" and exchange.faults.take("completed", call_sid=call.sid):
        call.timeline.add("fault", "drop_completed: the completed callback is not sent")
        return
    fault = exchange.faults.take("status", call_sid=call.sid)
    if fault is not None:
        call.timeline.add("fault", f"{fault.kind}: {event}", fault=fault.as_json())
        if fault.kind == "reorder_status" and event != "completed":
            call.held_callbacks.append(form)
            return
        copies = int(fault.number("copies", 2))
    held, call.held_callbacks = call.held_callbacks, []
    for form_now in [form] * copies + held:
        await _post(exchange, call, form_now)


async def _post(exchange: Exchange, call: Call, form: dict[str, str]) -> None:
    callback = call.status_callback
    assert callback is not None
    purpose = f"status callback {form['CallStatus']}"
    answer = await exchange.delivery.notice(
        call, callback.url, callback.method, form, purpose=purpose
    )
    if answer is not None and answer.body.strip() and "xml" not in answer.content_type:
        text = "12200 a status callback wants 204 or an empty Response, not a text"
        call.timeline.add("error", text, code=12200, url=callback.url)
