"""How long a text takes to say, by the flow language's estimate.

Japanese: kana 1 mora, small kana 0, kanji 2, at 6 morae a second (slow 4.8); 、 0.25 s, 。 0.5 s.
A `kana` reading is counted in place of the text. English: 2.7 words a second. A recording counts by
its caption.
"""

from collections.abc import Sequence
from typing import Final

from ivr.flow_engine.readings import markup
from ivr.flow_engine.voice_actions import Pause, Play, Say, Spoken

MORAE_PER_SECOND: Final = 6.0
WORDS_PER_SECOND: Final = 2.7
SLOW: Final = 0.8  # of the normal rate
_STOPS: Final = "。?!"
_SMALL: Final = frozenset("ゃゅょぁぃぅぇぉャュョァィゥェォ")


def text_seconds(text: str, language: str, rate: float = 1.0) -> float:
    """`rate` is that of the voice; the rests at 、 and 。 stay as they are."""
    if not language.startswith("ja"):
        return words(text) / WORDS_PER_SECOND / rate
    rests = 0.25 * text.count("、") + 0.5 * sum(map(text.count, _STOPS))
    return morae(text) / MORAE_PER_SECOND / rate + rests


def morae(text: str) -> int:
    return sum(map(_MORAE.__getitem__, text))


def words(text: str) -> int:
    return len(text.split())


def spoken_seconds(spoken: Sequence[Spoken]) -> float:
    """Of one turn: pauses too; a recording as long as its caption would be."""
    total = 0.0
    for part in spoken:
        if isinstance(part, Pause):
            total += part.milliseconds / 1000
        elif isinstance(part, Play):
            total += text_seconds(part.caption, part.language)
        else:
            total += _said(part)
    return total


def heard(part: Say) -> str:
    """The words as a voice speaks them: the kana reading where there is one, no tags."""
    if part.kana:
        return part.kana
    return markup.words(markup.parse(part.text)) if part.markup else part.text


def _said(part: Say) -> float:
    rate = SLOW if part.slow else 1.0
    if not part.markup:
        return text_seconds(part.kana or part.text, part.language, rate)
    parts = markup.parse(part.text)
    if part.kana:
        return text_seconds(part.kana, part.language, rate) + _breaks(parts)
    return _marked(parts, part.language, rate) + _breaks(parts)


def _marked(parts: Sequence[markup.Part], language: str, rate: float) -> float:
    total = 0.0
    for part in parts:
        if isinstance(part, str):
            total += text_seconds(part, language, rate)
        elif part.name == "sub":
            total += text_seconds(part.attributes["alias"], language, rate)
        else:
            own = float(part.attributes.get("rate", "100%").rstrip("%")) / 100
            total += _marked(part.parts, language, rate * own)
    return total


def _breaks(parts: Sequence[markup.Part]) -> float:
    found = [part for part in parts if isinstance(part, markup.Element)]
    here = sum(markup.milliseconds(one.attributes.get("time", "")) for one in found) / 1000
    return here + sum(_breaks(one.parts) for one in found)


class _Morae(dict[str, int]):
    """By character, each thought about once: the same words are measured at every hold."""

    def __missing__(self, c: str) -> int:
        self[c] = morae = _mora(c)
        return morae


_MORAE: Final = _Morae()


def _mora(c: str) -> int:
    if c in _SMALL:
        return 0
    if "぀" <= c <= "ヿ":
        return 1
    return 2 if "㐀" <= c <= "鿿" else int(c.isalnum())
