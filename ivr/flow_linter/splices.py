"""Stretches of a text replaced where the YAML reader met them, and nothing else touched."""

from collections.abc import Iterable
from typing import Final

from ivr.flow_engine.source.findings import At
from ivr.flow_engine.source.format_steps.ladder import Edit

BREAKS: Final = "\n\r\x85\u2028\u2029"
_QUOTES: Final = "\"'"


def spliced(text: str, edits: Iterable[Edit]) -> str | None:
    """None where one of the texts does not stand at its place: then nothing is replaced."""
    for edit in sorted(edits, key=lambda one: (one.at.line, one.at.col), reverse=True):
        start = index_of(text, edit.at)
        start += text[start : start + 1] in tuple(_QUOTES)
        if text[start : start + len(edit.old)] != edit.old:
            return None
        text = text[:start] + edit.new + text[start + len(edit.old) :]
    return text


def index_of(text: str, at: At) -> int:
    """Where a line and column begin, as the YAML reader counts them."""
    index, line = 0, 1
    while line < at.line and index < len(text):
        c = text[index]
        if c in BREAKS and not text.startswith("\r\n", index):
            line += 1
        index += 1
    col = 1
    while col < at.col and index < len(text):
        col += text[index] != "\ufeff"
        index += 1
    return index
