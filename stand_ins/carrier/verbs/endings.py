"""Hangup and Reject."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.verbs.outcome import Ended

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance


async def hang_up(stage: Performance, element: Element) -> Ended:
    return Ended(reason="Hangup")


async def reject(stage: Performance, element: Element) -> Ended:
    """Refuse without answering; a call that is already up is simply ended."""
    reason = element.get("reason", "rejected")
    if stage.call.status != "ringing":
        return Ended(reason="Reject after the answer")
    return Ended(reason=f"Reject ({reason})", status="busy" if reason == "busy" else "no-answer")
