"""Leave: out of the queue, on with the verb after Enqueue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.verbs.outcome import LeftQueue

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance


async def perform(stage: Performance, element: Element) -> LeftQueue | None:
    if stage.allowed is None:
        stage.call.timeline.add("error", "Leave outside a queue has no effect")
        return None
    return LeftQueue()
