"""Redirect: the next document."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.verbs.outcome import Goto

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"method"})


async def perform(stage: Performance, element: Element) -> Goto:
    return Goto(request=stage.page.request(element.text or "", element.get("method"), {}))
