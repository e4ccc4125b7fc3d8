"""Dial Queue: take the caller who has waited longest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.calls.bridge import Bridge
from stand_ins.carrier.calls.call import Position
from stand_ins.carrier.calls.talking import talk
from stand_ins.carrier.twiml.attributes import number

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

DEFAULT_TIMEOUT = 30.0


async def perform(stage: Performance, dial: Element, noun: Element) -> dict[str, str]:
    """The fields for the action. Waits while the queue is empty, up to the Dial's timeout."""
    call, name = stage.call, (noun.text or "").strip()
    queue = stage.exchange.queues.named(name)
    if queue is None:
        call.timeline.add("error", f"Dial Queue: there is no queue {name}")
        return {"DialCallStatus": "failed"}
    announce = noun.get("url")
    method = (noun.get("method") or "POST").upper()
    bridge = Bridge(
        dialling_sid=call.sid,
        announce=None if announce is None else (stage.page.resolve(announce), method),
    )
    began: list[float] = []
    member_sid: list[str] = []

    def params(_: str = "") -> dict[str, str]:
        if not began:
            return {"DialCallStatus": "completed" if member_sid else "no-answer"}
        return {
            "DialCallStatus": "completed",
            "DialCallSid": member_sid[0],
            "DialCallDuration": str(int(call.clock.now() - began[0])),
            "DialBridged": "true",
            "QueueSid": queue.sid,
            "DequeuedCallSid": member_sid[0],
        }

    with stage.inside(_position(stage, dial, params)):
        try:
            with call.timeline.sound("ring"):
                timeout = number(dial, "timeout", DEFAULT_TIMEOUT)
                member = await call.clock.within(timeout, queue.next_member())
                if member is None:
                    return params()
                member_sid.append(member.call_sid)
                member.take(bridge)
                with call.clock.passing():
                    joined = await bridge.settled()
            if joined:
                began.append(call.clock.now())
                await talk(stage, bridge, member.call_sid)
        finally:
            bridge.ended.set()
    return params()


def _position(
    stage: Performance, dial: Element, params: Callable[[str], dict[str, str]]
) -> Position:
    return Position(
        verb="Dial",
        action=stage.page.maybe_resolve(dial.get("action")),
        method=(dial.get("method") or "POST").upper(),
        params=params,
    )
