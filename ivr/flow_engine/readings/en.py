"""English readings: digits one by one, amounts, dates and times in the form a voice reads well."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from ivr.flow_engine.readings.grouping import plain_text

DIGITS: Final[Mapping[str, str]] = {
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six",
    "7": "seven", "8": "eight", "9": "nine", "*": "star", "#": "pound", "+": "plus",
}  # fmt: skip
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August",
                  "September", "October", "November", "December")  # fmt: skip
_SIGNS: Final = {"-": "hyphen", "_": "underscore", ".": "dot", "@": "at", "/": "slash"}


def digits(group: str) -> str:
    """`380` is `three eight zero`."""
    return " ".join(DIGITS[c] for c in group if c in DIGITS)


def number(value: int) -> str:
    return f"{value:,}"


def yen(value: int) -> str:
    return f"{value:,} yen"


def day(value: date, style: str = "") -> str:
    """`December 10, 2026`; `short` leaves out the year; there is no era in English."""
    spoken = f"{_MONTHS[value.month - 1]} {value.day}"
    return spoken if style == "short" else f"{spoken}, {value.year}"


def clock(value: time | datetime) -> str:
    """`5:30 PM`, `noon` as `12 PM`."""
    hour = value.hour % 12 or 12
    half = "AM" if value.hour < 12 else "PM"
    return f"{hour}:{value.minute:02} {half}" if value.minute else f"{hour} {half}"


def minutes(value: int) -> str:
    return f"{value} minute" if value == 1 else f"{value} minutes"


def spell(text: str) -> str:
    named = (DIGITS.get(c) or _SIGNS.get(c) or c.upper() for c in plain_text(text))
    return ", ".join(name for name in named if name.strip())


WEEKDAYS: Final = dict(
    zip(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        strict=True,
    )
)
SPELLERS: Final[Mapping[str, Callable[[int], str]]] = {
    "number": number,
    "yen": yen,
    "minutes": minutes,
}
