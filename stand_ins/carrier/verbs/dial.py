"""Dial: connect this call with a queue's first caller, or with a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.verbs import dial_number, dial_queue
from stand_ins.carrier.verbs.outcome import Goto

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"action", "method", "timeout", "callerId"})
NOUNS = {
    "Queue": frozenset({"url", "method"}),
    "Number": frozenset(
        {"url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent"}
    ),
}


async def perform(stage: Performance, element: Element) -> Goto | None:
    noun = _noun(stage, element)
    if noun is None:
        return None
    if noun.tag == "Queue":
        params = await dial_queue.perform(stage, element, noun)
    else:
        params = await dial_number.perform(stage, element, noun)
    action = element.get("action")
    if action is None:
        return None
    return Goto(request=stage.page.request(action, element.get("method"), params))


def _noun(stage: Performance, element: Element) -> Element | None:
    """The one noun that is dialled; several at once are not simulated."""
    found: Element | None = None
    for child in element:
        if child.tag not in NOUNS or found is not None:
            text = f"not simulated: Dial {child.tag}" + (
                " beside another" if found is not None else ""
            )
            stage.call.timeline.add("not_simulated", text, verb="Dial", noun=child.tag)
            continue
        stage.check_attributes(child, NOUNS[child.tag])
        found = child
    if found is None and (element.text or "").strip():
        found = Element("Number")
        found.text = element.text
    return found
