"""Dial Number: ring a telephone, let it hear its announcement, and talk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.calls import life
from stand_ins.carrier.calls.bridge import Bridge
from stand_ins.carrier.calls.call import Call, HungUp, Position, StatusCallback
from stand_ins.carrier.calls.talking import hear_announcement, talk
from stand_ins.carrier.twiml.attributes import number
from stand_ins.carrier.verbs.outcome import Ended

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

DEFAULT_TIMEOUT = 30.0
BAD_CALLER_ID = 13214


async def perform(stage: Performance, dial: Element, noun: Element) -> dict[str, str]:
    """The fields for the action, once the two have talked or could not."""
    call, caller_id = stage.call, dial.get("callerId")
    if caller_id is not None and caller_id not in (*stage.exchange.numbers, call.from_number):
        text = f"{BAD_CALLER_ID} Dial: callerId {caller_id} is not a number of this account"
        call.timeline.add("error", text, code=BAD_CALLER_ID)
        return {"DialCallStatus": "failed"}
    announce = noun.get("url")
    method = (noun.get("method") or "POST").upper()
    bridge = Bridge(
        dialling_sid=call.sid,
        announce=None if announce is None else (stage.page.resolve(announce), method),
    )
    leg = _leg(stage, dial, noun)
    call.timeline.add("bridge", f"rings {leg.to_number}", other=leg.sid)

    def params(result: str = "") -> dict[str, str]:
        # A redirect that interrupts a Dial reports `completed`, whether or not they talked.
        status = {"DialCallStatus": "completed"} if result == "redirected" else {}
        return _fields(leg, bridge) | status

    timeout = number(dial, "timeout", DEFAULT_TIMEOUT)
    position = Position(
        verb="Dial",
        action=stage.page.maybe_resolve(dial.get("action")),
        method=(dial.get("method") or "POST").upper(),
        params=params,
    )
    with stage.inside(position):
        there = stage.another(call=leg)
        work = _called_side(there, bridge, call.sid, timeout)
        life.start(stage.exchange, leg, work, leg.to_number, there.resume)
        try:
            with call.timeline.sound("ring"), call.clock.passing():
                joined = await bridge.settled()
            if joined:
                await talk(stage, bridge, leg.sid)
        finally:
            bridge.ended.set()
            if leg.live:
                leg.interrupt(HungUp(by="the calling side"))
        await leg.over.wait()
    return params()


async def _called_side(
    stage: Performance, bridge: Bridge, calling_sid: str, ring_seconds: float
) -> Ended:
    try:
        refused = await life.ring(stage.exchange, stage.call, ring_seconds)
        if refused is not None:
            return refused
        await hear_announcement(stage, bridge, {})
        if not bridge.ended.is_set():
            await talk(stage, bridge, calling_sid)
    finally:
        bridge.ended.set()
    return Ended(reason="the other side has gone")


def _leg(stage: Performance, dial: Element, noun: Element) -> Call:
    callback = None
    if address := noun.get("statusCallback"):
        events = (noun.get("statusCallbackEvent") or "completed").split()
        callback = StatusCallback(
            url=stage.page.resolve(address),
            method=(noun.get("statusCallbackMethod") or "POST").upper(),
            events=frozenset(events),
        )
    return stage.exchange.new_call(
        from_number=dial.get("callerId") or stage.call.from_number,
        to_number=(noun.text or "").strip(),
        direction="outbound-dial",
        parent_sid=stage.call.sid,
        status_callback=callback,
    )


def _fields(leg: Call, bridge: Bridge) -> dict[str, str]:
    talked = bridge.joined.is_set()
    return {
        "DialCallStatus": "completed" if talked or leg.live else leg.status,
        "DialCallSid": leg.sid,
        "DialCallDuration": str(leg.duration()),
        "DialBridged": "true" if talked else "false",
    }
