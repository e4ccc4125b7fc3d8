"""In which ways two writings of one name or address may differ, each with its name.

A fold makes two writings equal that differ in its way only. Comparing with all of them says
whether two texts are the same; leaving out those that are not needed says why.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from identity.contract_holders.variants import is_selector, plain


class Way(StrEnum):
    """How writings differ. `width`: full and half width; `kana`: hiragana for katakana, small for
    large, old for new; `variant`: 異体字; `numbers`, `signs`, `area_words` and `prefecture`: of
    addresses."""

    WIDTH = "width"
    SPACE = "space"
    VARIANT = "variant"
    KANA = "kana"
    NUMBERS = "numbers"
    SIGNS = "signs"
    AREA_WORDS = "area_words"
    PREFECTURE = "prefecture"


Fold = Callable[[str], str]
_HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_OLD: Final = str.maketrans("ヰヱ", "イエ")
_HYPHENS: Final = re.compile("[-‐‑‒–—―−ｰ]")
_COUNTED: Final = re.compile("丁目|番地|番|号室|号|地割|線")
_OF_BLOCKS: Final = re.compile(r"(?<=[0-9])[のノ之](?=[0-9])")
_AREAS: Final = re.compile("大字|字")
_LINKS: Final = re.compile("(?<=[^\x00-\x7f])[ヶケがガｹ](?=[^\x00-\x7f])")
_PREFECTURE: Final = re.compile("^.{1,3}?[都道府県]")
_DIGITS: Final = {digit: n for n, digit in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER: Final = re.compile(
    "[〇一二三四五六七八九十百千]+(?=丁目|番|号|地割|階|線|の|ノ|之|[-‐−]|$)"
)


def _width(text: str) -> str:
    """NFKC, but of characters of kanji only the shapes that `variant` is for are left alone."""
    return "".join(
        char
        if unicodedata.name(char, "").startswith("CJK")
        else unicodedata.normalize("NFKC", char)
        for char in unicodedata.normalize("NFC", _joined_marks(text))
    )


def _joined_marks(text: str) -> str:
    """Half-width kana with its voice mark is one character."""
    return re.sub("[ｦ-ﾝ][ﾞﾟ]", lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _space(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _variant(text: str) -> str:
    return "".join(plain(char) for char in text if not is_selector(char))


def _kana(text: str) -> str:
    return text.translate(_HIRAGANA).translate(_SMALL).translate(_OLD)


def _numbers(text: str) -> str:
    return _KANJI_NUMBER.sub(lambda found: str(_value(found[0])), text)


def _value(kanji: str) -> int:
    """二十五 -> 25, 二〇 -> 20, 二千百 -> 2100."""
    if not set(kanji) & set("十百千"):
        return int("".join(str(_DIGITS[char]) for char in kanji))
    total = current = 0
    for char in kanji:
        if char in _DIGITS:
            current = _DIGITS[char]
        else:
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            current = 0
    return total + current


def _signs(text: str) -> str:
    """1丁目2番3号 -> 1-2-3."""
    dashed = _OF_BLOCKS.sub("-", _COUNTED.sub("-", _HYPHENS.sub("-", text)))
    return re.sub("-+", "-", dashed).rstrip("-").replace("-(", "(")


def _area_words(text: str) -> str:
    return _LINKS.sub("ケ", _AREAS.sub("", text))


def _as_it_is(text: str) -> str:
    """One side may leave the prefecture out, and never both: no fold can say that."""
    return text


def without_prefecture(text: str) -> str:
    return _PREFECTURE.sub("", text, count=1)


NAME: Final[Mapping[Way, Fold]] = {
    Way.WIDTH: _width,
    Way.SPACE: _space,
    Way.VARIANT: _variant,
    Way.KANA: _kana,
}
ADDRESS: Final[Mapping[Way, Fold]] = {
    Way.WIDTH: _width,
    Way.SPACE: _space,
    Way.VARIANT: _variant,
    Way.NUMBERS: _numbers,
    Way.SIGNS: _signs,
    Way.AREA_WORDS: _area_words,
    Way.KANA: _kana,
    Way.PREFECTURE: _as_it_is,
}
"""In the order in which they work."""


def folded(text: str, folds: Mapping[Way, Fold], ways: Sequence[Way]) -> str:
    for way, fold in folds.items():
        if way in ways:
            text = fold(text)
    return text


def ways_between(
    folds: Mapping[Way, Fold], same: Callable[[Sequence[Way]], bool]
) -> tuple[Way, ...] | None:
    """The ways in which two writings differ that `same` holds against each other; None when they
    differ in others too."""
    needed = list(folds)
    if not same(needed):
        return None
    for way in folds:
        fewer = [other for other in needed if other is not way]
        if same(fewer):
            needed = fewer
    return tuple(needed)
