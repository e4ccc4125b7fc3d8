"""Is the desk open now? Order of decision: `open_on`, `closed_on`, `holidays`, `weekly`."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import holidays

from ivr.flow_engine.definition import Hours
from ivr.flow_engine.site import Site

State = Literal["open", "closed", "holiday"]
Ranges: TypeAlias = tuple[tuple[int, int], ...]
_TOKYO: Final = "Asia/Tokyo"
_LOOK_AHEAD: Final = 31  # days


def state(hours: Hours, site: Site, now: datetime) -> State:
    """`now` in any zone, with an offset. A date of `closed_on` is closed, not a holiday."""
    local = now.astimezone(ZoneInfo(hours.timezone or _TOKYO))
    minute = local.hour * 60 + local.minute
    ranges = _ranges(hours, site, local.date())
    if ranges is None:
        return "holiday"
    return "open" if any(start <= minute < end for start, end in ranges) else "closed"


def next_open(hours: Hours, site: Site, now: datetime) -> datetime | None:
    """`now` when it is open, else the next opening; None when there is none in `_LOOK_AHEAD`."""
    if state(hours, site, now) == "open":
        return now
    local = now.astimezone(ZoneInfo(hours.timezone or _TOKYO))
    for days in range(_LOOK_AHEAD):
        day = local.date() + timedelta(days=days)
        midnight = datetime.combine(day, time(), tzinfo=local.tzinfo)
        openings = sorted(start for start, _ in _ranges(hours, site, day) or ())
        for start in openings:
            if midnight + timedelta(minutes=start) > local:
                return midnight + timedelta(minutes=start)
    return None


def _ranges(hours: Hours, site: Site, day: date) -> Ranges | None:
    """The open minutes of a day; None on a holiday of the named calendar."""
    name = day.isoformat()
    if name in hours.open_on:
        return hours.open_on[name]
    if any(first <= name <= last for first, last in hours.closed_on):
        return ()
    if _is_holiday(hours.holidays, site, day):
        return None
    return hours.weekly.get(day.weekday(), ())


def _is_holiday(calendar: str, site: Site, day: date) -> bool:
    if calendar == "jp":
        return day in _japanese_holidays(day.year)
    name = day.isoformat()
    return any(_within(name, entry) for entry in site.calendars.get(calendar, ()))


def _within(day: str, entry: str) -> bool:
    """`entry` is a date, or `first/last` with both ends in it."""
    first, _, last = entry.partition("/")
    return first <= day <= (last or first)


@lru_cache(maxsize=32)
def _japanese_holidays(year: int) -> frozenset[date]:
    """National holidays with substitute holidays and the days between two holidays."""
    return frozenset(holidays.country_holidays("JP", years=year))
