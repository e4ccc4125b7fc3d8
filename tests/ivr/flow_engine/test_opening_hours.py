"""Opening hours by table: order of decision, ends of ranges, holidays of 2026 and 2027."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.flow_engine.definition import Hours
from ivr.flow_engine.opening_hours import next_open, state
from tests.ivr.flow_engine.small_flow import SITE, site

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = Hours(
    timezone="Asia/Tokyo",
    weekly={**dict.fromkeys(range(5), ((540, 720), (780, 1050))), 5: ((540, 720),)},
    holidays="jp",
    closed_on=(("2026-12-29", "2027-01-03"),),
    open_on={"2026-11-23": ((600, 720),), "2026-12-30": ((600, 660),)},
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T08:59", "closed"),
        ("2026-11-24T09:00", "open"),
        ("2026-11-24T11:59", "open"),
        ("2026-11-24T12:00", "closed"),
        ("2026-11-24T13:00", "open"),
        ("2026-11-24T17:29", "open"),
        ("2026-11-24T17:30", "closed"),
        ("2026-11-28T10:00", "open"),
        ("2026-11-28T13:00", "closed"),
        ("2026-11-29T10:00", "closed"),
        # holidays: open_on wins, then closed_on, then the calendar
        ("2026-11-23T10:00", "open"),
        ("2026-11-23T13:00", "closed"),
        ("2026-12-30T10:30", "open"),
        ("2026-12-29T10:00", "closed"),
        ("2027-01-01T10:00", "closed"),
        ("2027-01-04T10:00", "open"),
        ("2026-11-03T10:00", "holiday"),
        ("2026-05-06T10:00", "holiday"),  # substitute for Constitution Day on a Sunday
        ("2026-09-22T10:00", "holiday"),  # a day between two holidays
        ("2027-03-22T10:00", "holiday"),  # substitute for the equinox on a Sunday
        ("2026-05-07T10:00", "open"),
    ],
)
def test_office(now: str, expected: str) -> None:
    assert state(OFFICE, site(), datetime.fromisoformat(now).replace(tzinfo=TOKYO)) == expected


def test_the_day_is_that_of_tokyo() -> None:
    always = Hours(timezone="Asia/Tokyo", weekly={1: ((0, 1440),)})
    monday_evening_utc = datetime.fromisoformat("2026-11-23T15:00:00+00:00")
    assert state(always, site(), monday_evening_utc) == "open"  # Tuesday 00:00 in Tokyo


def test_midnight_is_an_end() -> None:
    night = Hours(timezone="Asia/Tokyo", weekly={0: ((1200, 1440),)})
    monday = datetime(2026, 11, 23, 23, 59, tzinfo=TOKYO)
    assert state(night, site(), monday) == "open"
    assert state(night, site(), monday.replace(day=24, hour=0, minute=0)) == "closed"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-12-28", "open"),
        ("2026-12-29", "holiday"),
        ("2026-12-31", "holiday"),
        ("2027-01-01", "holiday"),
        ("2027-01-04", "open"),
        ("2026-11-20", "holiday"),
        ("2026-11-19", "open"),
    ],
)
def test_ranges_in_a_calendar_of_the_site(day: str, expected: str) -> None:
    own = site(SITE + 'calendars: {founding: ["2026-12-29/2027-01-03", "2026-11-20"]}\n')
    hours = Hours(timezone="Asia/Tokyo", weekly=OFFICE.weekly, holidays="founding")
    now = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=TOKYO)
    assert state(hours, own, now) == expected


def test_calendar_of_the_site() -> None:
    own = site(SITE + 'calendars: {founding: ["2026-11-24"]}\n')
    hours = Hours(
        timezone="Asia/Tokyo", weekly=dict.fromkeys(range(7), ((0, 1440),)), holidays="founding"
    )
    day = datetime(2026, 11, 24, 10, tzinfo=TOKYO)
    assert state(hours, own, day) == "holiday"
    assert state(hours, own, day.replace(day=25)) == "open"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T09:30", "2026-11-24T09:30"),
        ("2026-11-24T08:59", "2026-11-24T09:00"),
        ("2026-11-24T12:00", "2026-11-24T13:00"),
        ("2026-11-24T17:30", "2026-11-25T09:00"),
        ("2026-11-21T12:00", "2026-11-23T10:00"),  # Saturday noon: a holiday that is opened
        ("2026-12-28T18:00", "2026-12-30T10:00"),  # company days, one of them opened
        ("2026-12-30T11:00", "2027-01-04T09:00"),
    ],
)
def test_when_it_opens_next(now: str, expected: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=TOKYO)
    opens = datetime.fromisoformat(expected).replace(tzinfo=TOKYO)
    assert next_open(OFFICE, site(), at) == opens


def test_hours_that_never_open() -> None:
    never = Hours(timezone="Asia/Tokyo", weekly={})
    assert next_open(never, site(), datetime(2026, 11, 24, tzinfo=TOKYO)) is None
