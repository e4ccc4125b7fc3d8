"""How calls come to be: somebody dials a served number, or REST orders a call."""

from __future__ import annotations

from stand_ins.carrier.calls import life, status_callbacks
from stand_ins.carrier.calls.call import Call, DocumentRequest, Source, StatusCallback
from stand_ins.carrier.calls.performance import Performance
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.settings import ServedNumber


def call_in(
    exchange: Exchange, from_number: str, served: ServedNumber, *, withheld: bool = False
) -> Call:
    """Somebody dials one of the served numbers."""
    callback = None
    if served.status_callback:
        callback = StatusCallback(
            url=served.status_callback,
            method=served.status_callback_method,
            events=frozenset(served.status_events),
        )
    call = exchange.new_call(
        from_number="anonymous" if withheld else from_number,
        to_number=served.number,
        direction="inbound",
        fallback=served.fallback_url or None,
        status_callback=callback,
    )
    exchange.phones.caller(from_number).picked_up(call.sid)
    status_callbacks.announce(exchange, call, "initiated")
    call.set_status("ringing")
    status_callbacks.announce(exchange, call, "ringing")
    first = DocumentRequest(url=served.voice_url, method=served.voice_method)
    stage = Performance(exchange, call)
    life.start(exchange, call, stage.documents(first), from_number, stage.resume)
    return call


def call_out(exchange: Exchange, call: Call, source: Source, ring_seconds: float) -> None:
    """The carrier rings a telephone and plays `source` to whoever answers."""

    stage = Performance(exchange, call)

    async def work() -> object:
        refused = await life.ring(exchange, call, ring_seconds)
        return refused or await stage.documents(source)

    life.start(exchange, call, work(), call.to_number, stage.resume)
