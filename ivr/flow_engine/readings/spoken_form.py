"""`{{ value | reading }}` -> the groups a voice says; the prompt player pauses between groups."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from ivr.flow_engine.readings import en, ja
from ivr.flow_engine.readings.grouping import digit_groups, phone_groups, plain_text

# reading -> the arguments it may have
READINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "digits": ("", *map(str, range(1, 11))),
    "phone": ("",),
    "last4": ("",),
    "number": ("",),
    "yen": ("",),
    "date": ("", "short", "era"),
    "time": ("",),
    "minutes": ("",),
    "text": ("",),
    "spell": ("",),
}
# type -> the readings that make sense of it; a type that is not here is never spoken
FOR_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "spell"),
    "string": ("text", "spell"),
    "enum": ("text", "spell"),
    "digits": ("digits", "last4", "phone", "spell"),
    "phone": ("phone", "last4", "digits"),
    "int": ("number", "digits", "minutes"),
    "yen": ("yen", "number"),
    "date": ("date",),
    "time": ("time",),
    "timestamp": ("date", "time"),
    "duration": ("minutes",),
}
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class Unreadable(Exception):
    """The value is not of the kind that the reading needs; never carries the value."""


def spoken_groups(value: object, reading: str, argument: str, language: str) -> tuple[str, ...]:
    """Empty when there is nothing to say (an empty value). Raises Unreadable."""
    if value is None or value == "":
        return ()
    words = ja if language.startswith("ja") else en
    if reading in ("digits", "phone", "last4"):
        return tuple(words.digits(group) for group in _groups(value, reading, argument))
    if reading in ("number", "yen"):
        return (words.SPELLERS[reading](_whole(value)),)
    if reading == "minutes":
        return (words.minutes(_minutes(value)),)
    if reading == "date":
        return (words.day(_date(value), argument),)
    if reading == "time":
        return (words.clock(_time(value)),)
    if reading == "spell":
        return (words.spell(str(value)),)
    text = plain_text(str(value))
    return (words.WEEKDAYS.get(text, text),)


def _groups(value: object, reading: str, argument: str) -> tuple[str, ...]:
    text = str(value)
    if reading == "phone":
        return phone_groups(text)
    digits = "".join(c for c in text if c in "0123456789*#")
    if reading == "last4":
        return digit_groups(digits[-4:])
    return digit_groups(digits, int(argument) if argument else 0)


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unreadable("a whole number is needed")


def _minutes(value: object) -> int:
    """Time spans are rounded up: nobody is told less than they wait."""
    if isinstance(value, timedelta):
        return -int(-value.total_seconds() // 60)
    return _whole(value)


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    return _parsed(lambda: date.fromisoformat(str(value)))


def _time(value: object) -> time | datetime:
    if isinstance(value, (time, datetime)):
        return value
    match = _CLOCK.fullmatch(str(value))
    if not match:
        raise Unreadable("a time is needed")
    return time(int(match[1]), int(match[2]))


def _parsed(read: Callable[[], date]) -> date:
    try:
        return read()
    except ValueError as error:
        raise Unreadable("a date is needed") from error
