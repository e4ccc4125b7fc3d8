"""The forms of the flow language as functions: text in, value or None out."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Final

from ivr.flow_engine.outcomes import WEEKDAYS

NODE_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z", re.ASCII)
FLOW_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}\Z", re.ASCII)
PROMPT_ID: Final = re.compile(r"[a-z][a-z0-9_.]{0,59}\Z", re.ASCII)
KEY: Final = re.compile(r"[0-9*#]\Z", re.ASCII)
PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}\Z", re.ASCII)
# The link stands alone at the end, so that nothing sticks to it; braces mean nothing else.
LINK_MESSAGE: Final = re.compile(r"(?:[^{}]|\{business\}){0,200}[ \n]\{link\}\Z")
# What a form is called in a finding, with an example that may be copied.
DATES_SAYS: Final = 'a date of the calendar such as "2026-12-29", or first/last'
DATE_SAYS: Final = 'a date of the calendar such as "2026-12-29"'
KEY_SAYS: Final = 'one key: "0" to "9", "*" or "#"'
PHONE_SAYS: Final = 'a phone number such as "+81312345678"'
TIMES_SAYS: Final = 'a time range such as "09:00-17:30", split at midnight'
LINK_MESSAGE_SAYS: Final = "words, {business} if you like, and at the end a space or \\n and {link}"
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][A-Za-z]{3})?(-[A-Z]{2})?\Z", re.ASCII)
SUBPATH: Final = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*\Z", re.ASCII
)

# Words that CEL keeps for itself; none of them can be the name of a variable.
RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ]
)

DURATION: Final = re.compile(r"([0-9]{1,6})(ms|s|m|h)\Z", re.ASCII)
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
TIME_RANGE: Final = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])\Z", re.ASCII)
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


_COMPARED: Final = 64


def seconds(text: str) -> int | None:
    """`6s`, `2m`, `1h`, `1000ms` as whole seconds; part of a second is no value."""
    match = DURATION.match(text)
    if not match:
        return None
    milliseconds = int(match[1]) * _MILLISECONDS[match[2]]
    return milliseconds // 1000 if milliseconds % 1000 == 0 else None


def time_range(text: str) -> tuple[int, int] | None:
    """`09:00-17:30` as minutes of the day, end excluded; `24:00` is an end, never over midnight."""
    match = TIME_RANGE.match(text)
    if not match:
        return None
    start = int(match[1]) * 60 + int(match[2])
    end = int(match[3]) * 60 + int(match[4])
    return (start, end) if start < end <= 24 * 60 else None


def iso_date(text: str) -> str | None:
    if not DATE.match(text):
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def date_range(text: str) -> tuple[str, str] | None:
    """A date, or `first/last`, both inclusive."""
    first, slash, last = text.partition("/")
    start = iso_date(first)
    end = iso_date(last) if slash else start
    return (start, end) if start and end and start <= end else None


def weekdays(text: str) -> tuple[int, ...] | None:
    """`mon`, or `mon-fri` as 0..4; Monday is 0, and a range does not go over Sunday."""
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        return None
    start = WEEKDAYS.index(first)
    end = WEEKDAYS.index(last) if dash else start
    return tuple(range(start, end + 1)) if start <= end else None


def nearest(name: str, known: Iterable[object]) -> dict[str, str]:
    """Facts for a hint: the closest known word, if one is close, and some of the known ones."""
    words = sorted(map(str, known))
    likely = words
    if len(words) > _COMPARED:  # comparing letters with a thousand names, a thousand times, is slow
        middle = bisect_left(words, name)
        likely = words[max(0, middle - _COMPARED // 2) : middle + _COMPARED // 2]
    close = get_close_matches(name[:60], likely, n=1, cutoff=0.5)
    return {"nearest": close[0] if close else "", "known": ", ".join(words[:8])}


def among(found: str, words: Sequence[str]) -> dict[str, str]:
    """Facts about a word that is none of a closed set: the closest, and all in their order."""
    return {**nearest(found, words), "known": ", ".join(words)}
