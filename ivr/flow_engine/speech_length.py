"""How long a text takes to say, by the flow language's estimate.

Japanese: kana 1 mora, small kana 0, kanji 2, at 6 morae a second; 、 0.25 s, 。 0.5 s.
English: 2.7 words a second. A recording counts by its caption.
"""

from collections.abc import Sequence
from typing import Final

from ivr.flow_engine.voice_actions import Pause, Play, Spoken

MORAE_PER_SECOND: Final = 6.0
WORDS_PER_SECOND: Final = 2.7
_STOPS: Final = "。?!"
_SMALL: Final = frozenset("ゃゅょぁぃぅぇぉャュョァィゥェォ")


def text_seconds(text: str, language: str) -> float:
    if not language.startswith("ja"):
        return words(text) / WORDS_PER_SECOND
    rests = 0.25 * text.count("、") + 0.5 * sum(map(text.count, _STOPS))
    return morae(text) / MORAE_PER_SECOND + rests


def morae(text: str) -> int:
    return sum(map(_MORAE.__getitem__, text))


def words(text: str) -> int:
    return len(text.split())


def spoken_seconds(spoken: Sequence[Spoken]) -> float:
    total = 0.0
    for part in spoken:
        if isinstance(part, Pause):
            total += part.milliseconds / 1000
        elif isinstance(part, Play):
            total += text_seconds(part.caption, part.language)
        else:
            total += text_seconds(part.text, part.language)
    return total


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
