"""Pause: nothing is heard. As the first verb of an inbound call it delays the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.twiml.attributes import number

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"length"})


async def perform(stage: Performance, element: Element) -> None:
    seconds = number(element, "length", 1)
    stage.call.timeline.add("pause", f"{seconds:g} s", seconds=seconds)
    await stage.call.clock.sleep(seconds)
