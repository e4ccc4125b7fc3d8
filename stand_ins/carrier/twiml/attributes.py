"""Attributes of verbs that hold numbers."""

from __future__ import annotations

from xml.etree.ElementTree import Element


def number(element: Element, name: str, default: float) -> float:
    """The attribute as a number of at least 0, else `default`."""
    try:
        return max(float(element.get(name, default)), 0.0)
    except ValueError:
        return default


def loops(element: Element) -> int:
    """How often to say or play it; 0 means up to 1000 times."""
    return int(number(element, "loop", 1)) or 1000
