"""Japanese readings: every irregular form, by table."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_engine.readings import ja
from ivr.flow_engine.readings.spoken_form import READINGS, spoken_groups


@pytest.mark.parametrize(
    ("digits", "spoken"),
    [
        ("0123456789", "ゼロイチニーサンヨンゴーロクナナハチキュウ"),
        ("380", "サンハチゼロ"),
        ("*#", "コメジルシシャープ"),
    ],
)
def test_digits(digits: str, spoken: str) -> None:
    assert ja.digits(digits) == spoken


def test_no_digit_is_read_as_shi_shichi_or_ku() -> None:
    said = {ja.DIGITS[c] for c in "0123456789"}
    assert said.isdisjoint({"シ", "シチ", "ク"})
    assert len(said) == 10


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (0, "ゼロ"),
        (4, "ヨン"),
        (7, "ナナ"),
        (9, "キュウ"),
        (10, "ジュウ"),
        (14, "ジュウヨン"),
        (20, "ニジュウ"),
        (100, "ヒャク"),
        (300, "サンビャク"),
        (600, "ロッピャク"),
        (800, "ハッピャク"),
        (999, "キュウヒャクキュウジュウキュウ"),
        (1000, "セン"),
        (3000, "サンゼン"),
        (8000, "ハッセン"),
        (10_000, "イチマン"),
        (12_345, "イチマンニセンサンビャクヨンジュウゴ"),
        (100_000, "ジュウマン"),
        (1_000_000, "ヒャクマン"),
        (10_000_000, "イッセンマン"),
        (13_000_000, "イッセンサンビャクマン"),
        (30_000_000, "サンゼンマン"),
        (80_000_000, "ハッセンマン"),
        (100_000_000, "イチオク"),
        (100_000_001, "イチオクイチ"),
        (10**12, "イッチョウ"),
        (8 * 10**12, "ハッチョウ"),
        (10 * 10**12, "ジュッチョウ"),
        (20 * 10**12, "ニジュッチョウ"),
        (11 * 10**12, "ジュウイッチョウ"),
        (-5, "マイナスゴ"),
        (1001, "センイチ"),
        (4004, "ヨンセンヨン"),
        (11_000, "イチマンセン"),
        (10_010_000, "イッセンイチマン"),
        (300_000_000_000, "サンゼンオク"),
        (10**16, "イチ" + "ゼロ" * 16),
    ],
)
def test_number(value: int, spoken: str) -> None:
    assert ja.number(value) == spoken


_HEARD = {
    "イチ": 1, "ニ": 2, "サン": 3, "ヨン": 4, "ゴ": 5, "ロク": 6, "ナナ": 7, "ハチ": 8, "キュウ": 9,
    "ジュウ": 10, "ヒャク": 100, "セン": 1000, "マン": 10**4, "オク": 10**8, "チョウ": 10**12,
}  # fmt: skip
_PLAIN = {
    "サンビャク": "サンヒャク", "ロッピャク": "ロクヒャク", "ハッピャク": "ハチヒャク",
    "サンゼン": "サンセン", "ハッセン": "ハチセン", "イッセン": "イチセン",
    "イッチョウ": "イチチョウ", "ハッチョウ": "ハチチョウ", "ジュッチョウ": "ジュウチョウ",
}  # fmt: skip


def _heard(spoken: str) -> int:
    """The number that a listener writes down: the words again, by themselves."""
    for irregular, plain in _PLAIN.items():
        spoken = spoken.replace(irregular, plain)
    words = re.findall("|".join(sorted(_HEARD, key=len, reverse=True)), spoken)
    assert "".join(words) == spoken
    total = four = ones = 0
    for word in words:
        worth = _HEARD[word]
        if worth < 10:
            ones = worth
        elif worth < 10**4:
            four, ones = four + (ones or 1) * worth, 0
        else:
            total, four, ones = total + (four + ones) * worth, 0, 0
    return total + four + ones


@given(st.one_of(st.integers(1, 10**16 - 1), st.integers(1, 20_000)))
def test_a_listener_writes_down_the_same_number(value: int) -> None:
    assert _heard(ja.number(value)) == value


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (0, "ゼロエン"),
        (4, "ヨエン"),
        (14, "ジュウヨエン"),
        (40, "ヨンジュウエン"),
        (9, "キュウエン"),
        (1200, "センニヒャクエン"),
        (12_345, "イチマンニセンサンビャクヨンジュウゴエン"),
        (40_000, "ヨンマンエン"),
        (100_004, "ジュウマンヨエン"),
        (-14, "マイナスジュウヨエン"),
    ],
)
def test_yen(value: int, spoken: str) -> None:
    assert ja.yen(value) == spoken


DAYS = {
    1: "ツイタチ", 2: "フツカ", 3: "ミッカ", 4: "ヨッカ", 5: "イツカ", 6: "ムイカ", 7: "ナノカ",
    8: "ヨウカ", 9: "ココノカ", 10: "トオカ", 11: "ジュウイチニチ", 12: "ジュウニニチ",
    13: "ジュウサンニチ", 14: "ジュウヨッカ", 15: "ジュウゴニチ", 16: "ジュウロクニチ",
    17: "ジュウシチニチ", 18: "ジュウハチニチ", 19: "ジュウクニチ", 20: "ハツカ",
    21: "ニジュウイチニチ", 22: "ニジュウニニチ", 23: "ニジュウサンニチ", 24: "ニジュウヨッカ",
    25: "ニジュウゴニチ", 26: "ニジュウロクニチ", 27: "ニジュウシチニチ", 28: "ニジュウハチニチ",
    29: "ニジュウクニチ", 30: "サンジュウニチ", 31: "サンジュウイチニチ",
}  # fmt: skip
MONTHS = [
    "イチガツ",
    "ニガツ",
    "サンガツ",
    "シガツ",
    "ゴガツ",
    "ロクガツ",
    "シチガツ",
    "ハチガツ",
    "クガツ",
    "ジュウガツ",
    "ジュウイチガツ",
    "ジュウニガツ",
]


@pytest.mark.parametrize("number", DAYS)
def test_day_of_the_month(number: int) -> None:
    assert ja.day(date(2026, 1, number), "short") == "イチガツ" + DAYS[number]


@pytest.mark.parametrize("number", range(1, 13))
def test_month(number: int) -> None:
    assert ja.day(date(2026, number, 1), "short") == MONTHS[number - 1] + "ツイタチ"


@pytest.mark.parametrize(
    ("value", "style", "spoken"),
    [
        (date(2026, 12, 10), "", "ニセンニジュウロクネン、ジュウニガツトオカ"),
        (date(2024, 4, 4), "", "ニセンニジュウヨネン、シガツヨッカ"),
        (date(2029, 9, 9), "", "ニセンニジュウキュウネン、クガツココノカ"),
        (date(2027, 7, 7), "", "ニセンニジュウナナネン、シチガツナノカ"),
        (date(2026, 12, 10), "era", "レイワハチネン、ジュウニガツトオカ"),
        (date(2019, 5, 1), "era", "レイワガンネン、ゴガツツイタチ"),
        (date(2019, 4, 30), "era", "ヘイセイサンジュウイチネン、シガツサンジュウニチ"),
        (date(2022, 1, 1), "era", "レイワヨネン、イチガツツイタチ"),
        (date(2027, 1, 1), "era", "レイワキュウネン、イチガツツイタチ"),
        (date(1989, 1, 8), "era", "ヘイセイガンネン、イチガツヨウカ"),
        (date(1989, 1, 7), "era", "ショウワロクジュウヨネン、イチガツナノカ"),
        (date(1926, 12, 25), "era", "ショウワガンネン、ジュウニガツニジュウゴニチ"),
        (date(1926, 12, 24), "era", "タイショウジュウゴネン、ジュウニガツニジュウヨッカ"),
        (date(1912, 7, 30), "era", "タイショウガンネン、シチガツサンジュウニチ"),
        (date(1912, 7, 29), "era", "センキュウヒャクジュウニネン、シチガツニジュウクニチ"),
        (date(2000, 1, 1), "", "ニセンネン、イチガツツイタチ"),
        (date(1999, 9, 19), "", "センキュウヒャクキュウジュウキュウネン、クガツジュウクニチ"),
    ],
)
def test_date(value: date, style: str, spoken: str) -> None:
    # Years that end in 4 are ヨネン, all others keep the cardinal.
    assert ja.day(value, style) == spoken


HOURS = [
    "レイジ",
    "イチジ",
    "ニジ",
    "サンジ",
    "ヨジ",
    "ゴジ",
    "ロクジ",
    "シチジ",
    "ハチジ",
    "クジ",
    "ジュウジ",
    "ジュウイチジ",
]


@pytest.mark.parametrize("hour", range(24))
def test_hour(hour: int) -> None:
    half = "ゴゼン" if hour < 12 else "ゴゴ"
    assert ja.clock(time(hour, 0)) == half + HOURS[hour % 12]


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (0, "ゼロフン"), (1, "イップン"), (2, "ニフン"), (3, "サンプン"), (4, "ヨンプン"),
        (5, "ゴフン"), (6, "ロップン"), (7, "ナナフン"), (8, "ハップン"), (9, "キュウフン"),
        (10, "ジュップン"), (11, "ジュウイップン"), (14, "ジュウヨンプン"), (20, "ニジュップン"),
        (30, "サンジュップン"), (59, "ゴジュウキュウフン"), (60, "ロクジュップン"),
        (44, "ヨンジュウヨンプン"), (600, "ロッピャップン"), (1000, "センプン"),
        (3000, "サンゼンプン"), (10_000, "イチマンプン"), (-5, "ゼロフン"),
        (100, "ヒャップン"), (300, "サンビャップン"), (120, "ヒャクニジュップン"),
    ],
)  # fmt: skip
def test_minutes(value: int, spoken: str) -> None:
    assert ja.minutes(value) == spoken


@pytest.mark.parametrize(
    ("value", "reading", "argument", "groups"),
    [
        ("380512", "digits", "", ("サンハチゼロ", "ゴーイチニー")),
        ("47219638", "digits", "", ("ヨンナナニーイチ", "キュウロクサンハチ")),
        ("4721963800", "digits", "", ("ヨンナナニーイチキュウ", "ロクサンハチゼロゼロ")),
        ("42", "digits", "", ("ヨンニー",)),
        ("1234567", "digits", "3", ("イチニーサン", "ヨンゴーロク", "ナナ")),
        (
            "0120444113",
            "phone",
            "",
            ("ゼロイチニーゼロ", "ヨンヨンヨン", "イチイチサン"),
        ),
        ("+81312345678", "phone", "", ("ゼロサン", "イチニーサンヨン", "ゴーロクナナハチ")),
        ("+819012345678", "phone", "", ("ゼロキュウゼロ", "イチニーサンヨン", "ゴーロクナナハチ")),
        ("05012345678", "phone", "", ("ゼロゴーゼロ", "イチニーサンヨン", "ゴーロクナナハチ")),
        ("0466123456", "phone", "", ("ゼロヨンロクロク", "イチニー", "サンヨンゴーロク")),
        (
            "+12025550123",
            "phone",
            "",
            ("プラスイチ", "ニーゼロニー", "ゴーゴーゴー", "ゼロイチニーサン"),
        ),
        ("110", "phone", "", ("イチイチゼロ",)),
        ("+819012345678", "last4", "", ("ゴーロクナナハチ",)),
        ("123", "last4", "", ("イチニーサン",)),
        ("12-34#", "digits", "", ("イチニー", "サンヨンシャープ")),
        (12345, "number", "", ("イチマンニセンサンビャクヨンジュウゴ",)),
        (12345, "yen", "", ("イチマンニセンサンビャクヨンジュウゴエン",)),
        (timedelta(seconds=61), "minutes", "", ("ニフン",)),
        (timedelta(minutes=5), "minutes", "", ("ゴフン",)),
        (date(2026, 4, 14), "date", "", ("ニセンニジュウロクネン、シガツジュウヨッカ",)),
        (datetime(2026, 4, 14, 16, 4, tzinfo=UTC), "date", "short", ("シガツジュウヨッカ",)),
        (datetime(2026, 4, 14, 16, 4, tzinfo=UTC), "time", "", ("ゴゴヨジヨンプン",)),
        ("2026-12-10", "date", "era", ("レイワハチネン、ジュウニガツトオカ",)),
        ("12:00", "time", "", ("ゴゴレイジ",)),
        ("9:19", "time", "", ("ゴゼンクジジュウキュウフン",)),
        ("17:30", "time", "", ("ゴゴゴジサンジュップン",)),
        ("00:05", "time", "", ("ゴゼンレイジゴフン",)),
        ("2026-12-10", "date", "short", ("ジュウニガツトオカ",)),
        ("A7-b", "spell", "", ("エー、ナナ、ハイフン、ビー",)),
        (
            "a.b@c/1_2 Z",
            "spell",
            "",
            (
                "エー、ドット、ビー、アットマーク、シー、スラッシュ、イチ、アンダーバー、ニー、ゼット",
            ),
        ),
        ("sun", "text", "", ("ニチヨウビ",)),
        (None, "yen", "", ()),
        ("点検\u202e\n中" + "あ" * 90, "text", "", ("点検中" + "あ" * 57,)),
        ("", "digits", "", ()),
    ],
)
def test_spoken_groups(value: object, reading: str, argument: str, groups: tuple[str, ...]) -> None:
    assert spoken_groups(value, reading, argument, "ja-JP") == groups


def test_every_reading_speaks_both_languages() -> None:
    examples = {"number": 3, "yen": 3, "minutes": 3, "date": "2026-12-10", "time": "17:30"}
    for reading in READINGS:
        value = examples.get(reading, "0120444113")
        for language in ("ja-JP", "en-US"):
            assert spoken_groups(value, reading, "", language)
