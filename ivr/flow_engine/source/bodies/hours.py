"""`hours` of a flow -> Hours."""

from ivr.flow_engine.definition import Hours
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.findings import Findings

_FIELDS = ("timezone", "weekly", "holidays", "closed_on", "open_on")


def read_hours(findings: Findings, value: Value | None) -> dict[str, Hours]:
    hours: dict[str, Hours] = {}
    for name, entry in fields.named(findings, value, "hours").items():
        table = fields.as_table(findings, entry, name)
        if table is not None:
            hours[name] = _one(findings, table, name)
    return hours


def _one(findings: Findings, table: Table, name: str) -> Hours:
    fields.only(findings, table, _FIELDS, name)
    get = table.entries.get
    holidays = fields.as_text(findings, get("holidays"), "holidays") or "none"
    return Hours(
        timezone=fields.as_choice(
            findings, get("timezone"), "timezone", ("Asia/Tokyo",), "Asia/Tokyo"
        )
        or "Asia/Tokyo",
        weekly=_weekly(findings, fields.required(findings, table, "weekly")),
        holidays=holidays,
        closed_on=_closed(findings, get("closed_on")),
        open_on=_open(findings, get("open_on")),
    )


def _weekly(findings: Findings, value: Value | None) -> dict[int, tuple[tuple[int, int], ...]]:
    weekly: dict[int, tuple[tuple[int, int], ...]] = {}
    table = fields.as_table(findings, value, "weekly")
    for days, entry in table.entries.items() if table else ():
        found = forms.weekdays(days)
        if found is None:
            findings.add(entry.at, "F001.form", name="weekly", found=days,
                         wanted="a weekday or range such as mon-fri")  # fmt: skip
            continue
        assert table is not None
        if any(day in weekly for day in found):
            findings.add(table.keys[days], "H001.twice", found=days)
        ranges = _ranges(findings, entry, days)
        weekly.update(dict.fromkeys(found, ranges))
    return weekly


def _ranges(findings: Findings, value: Value, name: str) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for item in fields.as_items(findings, value, name):
        text = fields.as_text(findings, item, name)
        found = forms.time_range(text)
        if found is None:
            findings.add(item.at, "F001.form", name=name, found=text,
                         wanted=forms.TIMES_SAYS)  # fmt: skip
        elif ranges and found[0] < ranges[-1][1]:
            findings.add(item.at, "H001.overlap", found=text)
        else:
            ranges.append(found)
    return tuple(ranges)


def _closed(findings: Findings, value: Value | None) -> tuple[tuple[str, str], ...]:
    closed: list[tuple[str, str]] = []
    for item in fields.as_items(findings, value, "closed_on"):
        text = fields.as_text(findings, item, "closed_on")
        found = forms.date_range(text)
        if found is None:
            findings.add(item.at, "F001.form", name="closed_on", found=text,
                         wanted=forms.DATES_SAYS)  # fmt: skip
        else:
            closed.append(found)
    return tuple(closed)


def _open(findings: Findings, value: Value | None) -> dict[str, tuple[tuple[int, int], ...]]:
    opened: dict[str, tuple[tuple[int, int], ...]] = {}
    for day, entry in fields.named(findings, value, "open_on").items():
        if forms.iso_date(day) is None:
            findings.add(
                entry.at,
                "F001.form",
                name="open_on",
                found=day,
                wanted=forms.DATE_SAYS,
            )
        opened[day] = _ranges(findings, entry, day)
    return opened
