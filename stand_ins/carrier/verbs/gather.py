"""Gather: prompts that a key interrupts, then listening until keys are complete or time is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.calls.call import Position
from stand_ins.carrier.twiml.attributes import number
from stand_ins.carrier.verbs.outcome import Goto

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset(
    {"action", "method", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "input"}
    | {"language"}
)
NESTED = frozenset({"Say", "Play", "Pause"})
DEFAULT_TIMEOUT = 5.0


async def perform(stage: Performance, element: Element) -> Goto | None:
    if element.get("input", "dtmf") != "dtmf":
        stage.call.timeline.add("not_simulated", "not simulated: Gather speech", verb="Gather")
    with stage.inside(_position(stage, element)):
        keys = stage.call.keys.listen()
        try:
            first = await _prompts(stage, element, keys)
            digits, finish = await _collect(stage, element, keys, first)
        finally:
            stage.call.keys.deaf()
    if not digits and element.get("actionOnEmptyResult", "false").lower() != "true":
        return None
    params = {"Digits": digits}
    if finish:
        params["FinishedOnKey"] = finish
    if not digits and stage.exchange.faults.take("digits", call_sid=stage.call.sid):
        stage.call.timeline.add("fault", "no_digits_key: no Digits in the request")
        params = {}
    return Goto(
        request=stage.page.request(element.get("action", ""), element.get("method"), params)
    )


async def _prompts(stage: Performance, element: Element, keys: asyncio.Queue[str]) -> str | None:
    """Play what is nested; the key that interrupted it, or None."""
    nested = []
    for child in element:
        if child.tag in NESTED:
            nested.append(child)
        else:
            text = f"12200 {child.tag} is not allowed in Gather"
            stage.call.timeline.add("error", text, code=12200)
    prompt = asyncio.ensure_future(stage.verbs(nested))
    key = asyncio.ensure_future(keys.get())
    try:
        await asyncio.wait({prompt, key}, return_when=asyncio.FIRST_COMPLETED)
        if not key.done():
            prompt.result()
            return None
        return key.result()
    finally:
        for task in (prompt, key):
            task.cancel()
        await asyncio.gather(prompt, key, return_exceptions=True)


async def _collect(
    stage: Performance, element: Element, keys: asyncio.Queue[str], first: str | None
) -> tuple[str, str]:
    """The digits, and the key that finished them; the time-out starts anew with every key."""
    finish_on = element.get("finishOnKey", "#")
    timeout = number(element, "timeout", DEFAULT_TIMEOUT)
    wanted = int(number(element, "numDigits", 0)) or None
    question = any(child.tag in ("Say", "Play") for child in element)
    digits = ""
    key = first
    stage.call.timeline.add(
        "listen", f"{timeout:g} s", seconds=timeout, question=question, digits=wanted
    )
    with stage.call.timeline.listening(question=question):
        while True:
            if key is None:
                key = await stage.call.clock.within(timeout, keys.get())
            if key is None:
                return digits, ""
            if key in finish_on:
                if digits:  # a finish key before any digit finishes nothing
                    return digits, key
            else:
                digits += key
            if len(digits) == wanted:
                return digits, ""
            key = None


def _position(stage: Performance, element: Element) -> Position:
    return Position(
        verb="Gather",
        action=stage.page.maybe_resolve(element.get("action", "")),
        method=(element.get("method") or "POST").upper(),
        params=lambda _: {"Digits": ""},
    )
