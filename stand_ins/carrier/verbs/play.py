"""Play: a sound for as long as its file lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.exchange import UNKNOWN_SOUND
from stand_ins.carrier.twiml.attributes import loops

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"loop"})


async def perform(stage: Performance, element: Element) -> None:
    timeline = stage.call.timeline
    if not (element.text or "").strip():
        timeline.add("error", "13420 Play: no URL", code=13420)
        return
    url = stage.page.resolve(element.text or "")
    seconds = await stage.exchange.sound_seconds(url)
    if seconds is None:
        text = f"not simulated: the length of {url} (no readable WAV); {UNKNOWN_SOUND:g} s instead"
        timeline.add("not_simulated", text, verb="Play")
        seconds = UNKNOWN_SOUND
    for _ in range(loops(element)):
        timeline.add("play", url, url=url, seconds=round(seconds, 3))
        with timeline.sound("play"):
            await stage.call.clock.sleep(seconds)
