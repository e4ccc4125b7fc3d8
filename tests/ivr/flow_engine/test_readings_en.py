"""English readings by table, and the grouping of digits that both languages share."""

from datetime import timedelta

import pytest

from ivr.flow_engine.readings.grouping import digit_groups, phone_groups
from ivr.flow_engine.readings.spoken_form import Unreadable, spoken_groups


@pytest.mark.parametrize(
    ("value", "reading", "argument", "groups"),
    [
        ("38051264", "digits", "", ("three eight zero five", "one two six four")),
        ("42", "digits", "", ("four two",)),
        ("+81312345678", "phone", "", ("zero three", "one two three four", "five six seven eight")),
        ("+819012345678", "last4", "", ("five six seven eight",)),
        (12345, "number", "", ("12,345",)),
        (12345, "yen", "", ("12,345 yen",)),
        ("2026-12-10", "date", "", ("December 10, 2026",)),
        ("2026-12-10", "date", "short", ("December 10",)),
        ("2026-12-10", "date", "era", ("December 10, 2026",)),
        ("17:30", "time", "", ("5:30 PM",)),
        ("00:00", "time", "", ("12 AM",)),
        ("12:00", "time", "", ("12 PM",)),
        (1, "minutes", "", ("1 minute",)),
        (timedelta(seconds=61), "minutes", "", ("2 minutes",)),
        ("a7-", "spell", "", ("A, seven, hyphen",)),
        ("mon", "text", "", ("Monday",)),
    ],
)
def test_spoken_groups(value: object, reading: str, argument: str, groups: tuple[str, ...]) -> None:
    assert spoken_groups(value, reading, argument, "en-US") == groups


@pytest.mark.parametrize(
    ("value", "reading"),
    [("x", "yen"), (True, "number"), ("2026-13-01", "date"), ("25:00", "time")],
)
def test_a_value_of_another_kind_is_refused(value: object, reading: str) -> None:
    with pytest.raises(Unreadable) as refused:
        spoken_groups(value, reading, "", "ja-JP")
    assert str(value) not in str(refused.value)


@pytest.mark.parametrize(
    ("digits", "sizes"),
    [(1, [1]), (4, [4]), (5, [2, 3]), (6, [3, 3]), (7, [3, 4]), (8, [4, 4]), (9, [3, 3, 3]),
     (10, [5, 5]), (11, [3, 4, 4]), (12, [4, 4, 4]), (16, [4, 4, 4, 4])],
)  # fmt: skip
def test_digit_groups(digits: int, sizes: list[int]) -> None:
    text = "12345678901234567890"[:digits]
    groups = digit_groups(text)
    assert [len(group) for group in groups] == sizes
    assert "".join(groups) == text


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("0120-444-113", ("0120", "444", "113")),
        ("+81120444113", ("0120", "444", "113")),
        ("+819012345678", ("090", "1234", "5678")),
        ("+81312345678", ("03", "1234", "5678")),
        ("+12025550123", ("+1", "202", "555", "0123")),
        ("nonsense 12", ("12",)),
    ],
)
def test_phone_groups(number: str, groups: tuple[str, ...]) -> None:
    assert phone_groups(number) == groups
