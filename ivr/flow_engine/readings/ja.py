"""Japanese readings in katakana, as no voice can guess how a number is meant.

Digits are ゼロ イチ ニー サン ヨン ゴー ロク ナナ ハチ キュウ, never シ, シチ or ク: these are
misheard on the line. Counted words (minutes, days, months, hours) keep their usual forms.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from ivr.flow_engine.readings.grouping import plain_text

DIGITS: Final[Mapping[str, str]] = {
    "0": "ゼロ", "1": "イチ", "2": "ニー", "3": "サン", "4": "ヨン", "5": "ゴー", "6": "ロク",
    "7": "ナナ", "8": "ハチ", "9": "キュウ", "*": "コメジルシ", "#": "シャープ",
    "+": "プラス",
}  # fmt: skip
_ONES: Final = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")
_HUNDREDS: Final = {1: "ヒャク", 3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク"}
_THOUSANDS: Final = {1: "セン", 3: "サンゼン", 8: "ハッセン"}
_GROUPS: Final = ("", "マン", "オク", "チョウ")
_TRILLIONS: Final = {1: "イッ", 8: "ハッ", 10: "ジュッ"}  # before チョウ, by the last digits

_DAYS: Final = {
    1: "ツイタチ", 2: "フツカ", 3: "ミッカ", 4: "ヨッカ", 5: "イツカ", 6: "ムイカ", 7: "ナノカ",
    8: "ヨウカ", 9: "ココノカ", 10: "トオカ", 14: "ジュウヨッカ", 17: "ジュウシチニチ",
    19: "ジュウクニチ", 20: "ハツカ", 24: "ニジュウヨッカ", 27: "ニジュウシチニチ",
    29: "ニジュウクニチ",
}  # fmt: skip
_MONTHS: Final = ("イチガツ", "ニガツ", "サンガツ", "シガツ", "ゴガツ", "ロクガツ", "シチガツ",
                  "ハチガツ", "クガツ", "ジュウガツ", "ジュウイチガツ",
                  "ジュウニガツ")  # fmt: skip
_HOURS: Final = ("レイジ", "イチジ", "ニジ", "サンジ", "ヨジ", "ゴジ", "ロクジ", "シチジ",
                 "ハチジ", "クジ", "ジュウジ", "ジュウイチジ")  # fmt: skip
_MINUTES: Final = {1: "イップン", 2: "ニフン", 3: "サンプン", 4: "ヨンプン", 5: "ゴフン",
                   6: "ロップン", 7: "ナナフン", 8: "ハップン", 9: "キュウフン"}  # fmt: skip
_ERAS: Final = (
    (date(2019, 5, 1), "レイワ"),
    (date(1989, 1, 8), "ヘイセイ"),
    (date(1926, 12, 25), "ショウワ"),
    (date(1912, 7, 30), "タイショウ"),
)
_LETTERS: Final[Mapping[str, str]] = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "エー",
            "ビー",
            "シー",
            "ディー",
            "イー",
            "エフ",
            "ジー",
            "エイチ",
            "アイ",
            "ジェー",
            "ケー",
            "エル",
            "エム",
            "エヌ",
            "オー",
            "ピー",
            "キュー",
            "アール",
            "エス",
            "ティー",
            "ユー",
            "ブイ",
            "ダブリュー",
            "エックス",
            "ワイ",
            "ゼット",
        ],
        strict=True,
    )
)
_SIGNS: Final = {"-": "ハイフン", "_": "アンダーバー", ".": "ドット", "@": "アットマーク",
                 "/": "スラッシュ", " ": ""}  # fmt: skip


def digits(group: str) -> str:
    """One group, without pauses: `380` is サンハチゼロ."""
    return "".join(DIGITS.get(c, "") for c in group)


def number(value: int) -> str:
    """Cardinal, up to 10^16: 12345 is イチマンニセンサンビャクヨンジュウゴ."""
    if value < 0:
        return "マイナス" + number(-value)
    if value == 0:
        return "ゼロ"
    if value >= 10**16:
        return digits(str(value))
    spoken = ""
    for place in range(len(_GROUPS) - 1, -1, -1):
        four = value // 10000**place % 10000
        if four:
            spoken += _four(four, place) + _GROUPS[place]
    return spoken


def _four(value: int, place: int) -> str:
    """One group of four digits. イッセン before a unit (イッセンマン), セン elsewhere."""
    thousands, hundreds, tens, ones = (value // 10**n % 10 for n in (3, 2, 1, 0))
    spoken = ""
    if thousands:
        spoken += (
            "イッセン"
            if thousands == 1 and place
            else (_THOUSANDS.get(thousands) or _ONES[thousands] + "セン")
        )
    if hundreds:
        spoken += _HUNDREDS.get(hundreds) or _ONES[hundreds] + "ヒャク"
    if tens:
        spoken += ("" if tens == 1 else _ONES[tens]) + "ジュウ"
    if place == 3:
        return _before_trillion(spoken, tens, ones)
    return spoken + _ONES[ones]


def _before_trillion(spoken: str, tens: int, ones: int) -> str:
    if ones:
        return spoken + _TRILLIONS.get(ones, _ONES[ones])
    return spoken.removesuffix("ジュウ") + "ジュッ" if tens else spoken


def yen(value: int) -> str:
    """Four yen is ヨエン."""
    return _with_yo(value) + "エン"


def _with_yo(value: int) -> str:
    """The cardinal as it stands before エン and ネン: a last 4 is ヨ, not ヨン."""
    spoken = number(value)
    return spoken.removesuffix("ン") if spoken.endswith("ヨン") else spoken


def day(value: date, style: str = "") -> str:
    """`short` leaves out the year, `era` gives the Japanese one; its first is ガンネン."""
    spoken = _MONTHS[value.month - 1] + (_DAYS.get(value.day) or number(value.day) + "ニチ")
    if style == "short":
        return spoken
    year = _era_year(value) if style == "era" else _with_yo(value.year) + "ネン"
    return f"{year}、{spoken}"


def _era_year(value: date) -> str:
    for first, name in _ERAS:
        if value >= first:
            year = value.year - first.year + 1
            return name + ("ガンネン" if year == 1 else _with_yo(year) + "ネン")
    return _with_yo(value.year) + "ネン"


def clock(value: time | datetime) -> str:
    """ゴゼン or ゴゴ, the hour, and the minutes unless they are zero."""
    half = "ゴゼン" if value.hour < 12 else "ゴゴ"
    spoken = half + _HOURS[value.hour % 12]
    return spoken + minutes(value.minute) if value.minute else spoken


def minutes(value: int) -> str:
    """イップン, サンプン, ヨンプン, ロップン, ハップン, ジュップン, ヒャップン, else フン."""
    if value <= 0:
        return "ゼロフン"
    tens, ones = divmod(value, 10)
    if ones:
        return (number(tens * 10) if tens else "") + _MINUTES[ones]
    spoken = number(value)
    for end, joined in (("ジュウ", "ジュップン"), ("ビャク", "ビャップン"),
                        ("ピャク", "ピャップン"), ("ヒャク", "ヒャップン"),
                        ("セン", "センプン"), ("ゼン", "ゼンプン")):  # fmt: skip
        if spoken.endswith(end):
            return spoken.removesuffix(end) + joined
    return spoken + "プン" if spoken.endswith("ン") else spoken + "フン"


def spell(text: str) -> str:
    """Letter by letter; what has no name of its own is left to the voice."""
    named = (_spelled(c) for c in plain_text(text))
    return "、".join(name for name in named if name)


def _spelled(c: str) -> str:
    if c in DIGITS:
        return DIGITS[c]
    if c in _SIGNS:
        return _SIGNS[c]
    return _LETTERS.get(c.upper(), c)


WEEKDAYS: Final = dict(
    zip(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        [
            "ゲツヨウビ",
            "カヨウビ",
            "スイヨウビ",
            "モクヨウビ",
            "キンヨウビ",
            "ドヨウビ",
            "ニチヨウビ",
        ],
        strict=True,
    )
)
SPELLERS: Final[Mapping[str, Callable[[int], str]]] = {
    "number": number,
    "yen": yen,
    "minutes": minutes,
}
