"""Is the desk open now? Order of decision: `open_on`, `closed_on`, `holidays`, `weekly`."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

import holidays

from ivr.flow_engine.definition import Hours, Site

State = Literal["open", "closed", "holiday"]
_TOKYO: Final = "Asia/Tokyo"


def state(hours: Hours, site: Site, now: datetime) -> State:
    """`now` in any zone, with an offset. A date of `closed_on` is closed, not a holiday."""
    local = now.astimezone(ZoneInfo(hours.timezone or _TOKYO))
    day = local.date().isoformat()
    minute = local.hour * 60 + local.minute
    if day in hours.open_on:
        return "open" if _within(hours.open_on[day], minute) else "closed"
    if any(first <= day <= last for first, last in hours.closed_on):
        return "closed"
    if _is_holiday(hours.holidays, site, local.date()):
        return "holiday"
    return "open" if _within(hours.weekly.get(local.weekday(), ()), minute) else "closed"


def _within(ranges: Iterable[tuple[int, int]], minute: int) -> bool:
    return any(start <= minute < end for start, end in ranges)


def _is_holiday(calendar: str, site: Site, day: date) -> bool:
    if calendar == "jp":
        return day in _japanese_holidays(day.year)
    return day.isoformat() in site.calendars.get(calendar, ())


@lru_cache(maxsize=32)
def _japanese_holidays(year: int) -> frozenset[date]:
    """National holidays with substitute holidays and the days between two holidays."""
    return frozenset(holidays.country_holidays("JP", years=year))
