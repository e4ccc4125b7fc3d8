"""How long a text takes to say; an estimate, since no speech is made here."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

MORAE_PER_SECOND = 6.0
WORDS_PER_SECOND = 2.7
SHORTEST = 0.2
_SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")  # っ and ー are morae of their own
_PAUSES = {"、": 0.25, ",": 0.25, "，": 0.25}
_PAUSES |= dict.fromkeys("。．.！？!?", 0.5)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d")
_RATE = re.compile(r"(\d{2,3})%")
_BREAK = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")


def seconds_of(text: str, rate: float = 1.0) -> float:
    """Seconds: 6 morae/s in Japanese (kanji 2, kana 1, small kana 0), 2.7 words/s in English, at
    a voice's usual rate; pauses stay as they are."""
    pauses = sum(_PAUSES.get(char, 0.0) for char in text)
    said = morae_of(text) / MORAE_PER_SECOND + words_of(text) / WORDS_PER_SECOND
    return said / rate + pauses


def morae_of(text: str) -> int:
    return sum(_morae(char) for char in text)


def words_of(text: str) -> int:
    """Words of the Latin alphabet; a digit is a word."""
    return len(_WORD.findall(text))


def _morae(char: str) -> int:
    if char in _SMALL_KANA:
        return 0
    if "぀" <= char <= "ヿ":
        return 1
    return 2 if "㐀" <= char <= "鿿" or char == "々" else 0


def say_seconds(element: Element) -> float:
    """One reading of a Say, with the breaks and the rate that its SSML asks for."""
    return max(_seconds(element, 1.0), SHORTEST)


def _seconds(element: Element, rate: float) -> float:
    if element.tag == "break":
        time = _BREAK.fullmatch(element.get("time", ""))
        return float(time[1]) / (1000 if time[2] == "ms" else 1) if time else 0.0
    if element.tag == "sub":
        return seconds_of(element.get("alias", ""), rate)
    asked = _RATE.fullmatch(element.get("rate", ""))
    rate = rate * float(asked[1]) / 100 if element.tag == "prosody" and asked else rate
    length = seconds_of(element.text or "", rate)
    for child in element:
        length += _seconds(child, rate) + seconds_of(child.tail or "", rate)
    return length


def spoken_text(element: Element) -> str:
    """The words of a Say: an SSML `sub` is spoken as its alias."""
    parts = [element.text or ""]
    for child in element:
        parts.append(child.get("alias", "") if child.tag == "sub" else spoken_text(child))
        parts.append(child.tail or "")
    return re.sub(r"\s+", " ", "".join(parts)).strip()
