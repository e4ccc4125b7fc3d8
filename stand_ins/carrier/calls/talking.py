"""What both sides of a bridge do: hear an announcement, join, talk until one leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stand_ins.carrier.calls.bridge import Bridge
from stand_ins.carrier.calls.call import DocumentRequest
from stand_ins.carrier.webhooks.problems import WebhookProblem

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ANNOUNCEMENT_VERBS = frozenset({"Play", "Say", "Pause", "Redirect", "Gather", "Hangup"})


async def hear_announcement(stage: Performance, bridge: Bridge, params: dict[str, str]) -> None:
    """The bridge's document, heard by this side alone; its failure does not stop the bridge."""
    if bridge.announce is None:
        return
    url, method = bridge.announce
    try:
        outcome = await stage.another(allowed=ANNOUNCEMENT_VERBS, params=lambda: params).documents(
            DocumentRequest(url=url, method=method)
        )
    except WebhookProblem:
        return
    if outcome is not None:
        bridge.ended.set()


async def talk(stage: Performance, bridge: Bridge, other_sid: str) -> None:
    """Talk until the bridge ends, by whichever side."""
    call = stage.call
    call.bridged_with = other_sid
    bridge.joined.set()
    call.timeline.add("bridge", f"talks with {other_sid}", other=other_sid)
    try:
        with call.timeline.sound("talk"), call.clock.passing():
            await bridge.ended.wait()
    finally:
        call.bridged_with = None
        bridge.ended.set()
    call.timeline.add("bridge", "the other side has gone", other=other_sid)
