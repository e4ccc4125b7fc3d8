"""Say: a caption for as long as the speech would take."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element

from stand_ins.carrier.twiml.attributes import loops
from stand_ins.carrier.twiml.speech_length import say_seconds, spoken_text

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"voice", "language", "loop"})
LONGEST_TEXT = 4096
LONGEST_ENCODED = 4500
EMPTY, TOO_LONG = 13520, 13521


async def perform(stage: Performance, element: Element) -> None:
    text = spoken_text(element)
    timeline = stage.call.timeline
    if not text:
        timeline.add("error", f"{EMPTY} Say: no text", code=EMPTY)
        return
    if len(text) > LONGEST_TEXT or len(quote(text)) > LONGEST_ENCODED:
        timeline.add("error", f"{TOO_LONG} Say: text too long", code=TOO_LONG, length=len(text))
        return
    seconds = say_seconds(element)
    language, voice = element.get("language"), element.get("voice")
    for _ in range(loops(element)):
        timeline.add("say", text, seconds=round(seconds, 3), language=language, voice=voice)
        with timeline.sound("say"):
            await stage.call.clock.sleep(seconds)
