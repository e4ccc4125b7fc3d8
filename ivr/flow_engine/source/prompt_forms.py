"""What one text of a prompt must be in itself: tags that voices know, a reading that reads it all.

Whether its placeholders are understood, and whether they exist, is told by rules of the linter.
"""

import re
from typing import Final

from ivr.flow_engine.definition import PromptText
from ivr.flow_engine.prompts import Placeholder, PromptError, pieces
from ivr.flow_engine.readings import markup
from ivr.flow_engine.source.findings import At, Findings

_PLACE: Final = "\ue000"  # stands for a value while tags are looked at
_UNREAD: Final = re.compile(r"[㐀-鿿々A-Za-z0-9Ａ-Ｚａ-ｚ０-９]")


def check(findings: Findings, at: At, name: str, language: str, text: PromptText) -> None:
    for written in filter(None, (text.say, text.slow)):
        if text.ssml:
            _tags(findings, at, name, written)
        elif markup.looks_like_markup(_literal(written)):
            findings.add(at, "F001.tags", name=name)
    if text.kana:
        _kana(findings, at, name, language, text)


def _tags(findings: Findings, at: At, name: str, text: str) -> None:
    try:
        parts = markup.parse(_literal(text))
    except markup.MarkupError as problem:
        findings.add(at, "F001.ssml", name=name, problem=problem)
        return
    if _in_attributes(parts):
        findings.add(at, "F001.ssml", name=name, problem="a tag has a placeholder inside")


def _in_attributes(parts: tuple[markup.Part, ...]) -> bool:
    elements = [part for part in parts if isinstance(part, markup.Element)]
    return any(_PLACE in value for one in elements for value in one.attributes.values()) or any(
        _in_attributes(one.parts) for one in elements
    )


def _kana(findings: Findings, at: At, name: str, language: str, text: PromptText) -> None:
    if not language.startswith("ja") or not text.say:
        other = "play" if text.play else language
        findings.add(at, "F001.together", name="kana", other=other)
    elif _UNREAD.search(_literal(text.kana)):
        findings.add(at, "F001.kana", name=name)
    elif _values(text.kana) != _values(text.say):
        findings.add(at, "F001.kana_values", name=name)


def _literal(text: str) -> str:
    return "".join(piece if isinstance(piece, str) else _PLACE for piece in _pieces(text))


def _values(text: str) -> list[Placeholder]:
    return [piece for piece in _pieces(text) if isinstance(piece, Placeholder)]


def _pieces(text: str) -> tuple[str | Placeholder, ...]:
    """What cannot be understood is told elsewhere (P001)."""
    try:
        return pieces(text)
    except PromptError:
        return ()
