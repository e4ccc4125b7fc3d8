"""H001: opening hours without holes that nobody meant. Ends are excluded, so a range goes to 24:00,
and the next begins where the last one ends. Overlaps are told by the reader."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.documents import Items, Scalar, Table, Value
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_LAST_MINUTE = 24 * 60 - 1


def check(flow: Subject) -> Iterator[Found]:
    hours = flow.whole.main.table.entries.get("hours")
    for entry in hours.entries.values() if isinstance(hours, Table) else ():
        for name in ("weekly", "open_on"):
            days = entry.entries.get(name) if isinstance(entry, Table) else None
            for ranges in days.entries.values() if isinstance(days, Table) else ():
                yield from _gaps(ranges)


def _gaps(ranges: Value) -> Iterator[Found]:
    ended: int | None = None
    for item in ranges.items if isinstance(ranges, Items) else ():
        span = forms.time_range(item.text) if isinstance(item, Scalar) else None
        if span is None:
            continue
        if ended is not None and span[0] == ended + 1:
            yield found(item.at, "H001.gap", minute=_clock(ended))
        if span[1] == _LAST_MINUTE:
            yield found(item.at, "H001.midnight")
        ended = span[1]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


RULE = Rule(
    code="H001",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="営業時間のすき間、重なり、知らないカレンダー、閉店の出口の欠け",
        en="hours gap, overlap, unknown calendar, no closed exit",
    ),
    cases={
        "overlap": Words(
            message=Bilingual(
                ja="{found} は前の時間帯と重なるか、前後が逆です。",
                en="{found} overlaps the range before it, or comes before it.",
            ),
            hint=Bilingual(
                ja="一日の時間帯を順に、重ならないように書いてください。",
                en="Write the ranges of a day in order, each beginning where the last ended or "
                "later.",
            ),
        ),
        "twice": Words(
            message=Bilingual(
                ja="{found} には、すでに時間が書かれた曜日があります。",
                en="{found} names a day that has hours already.",
            ),
            hint=Bilingual(ja="曜日は一度ずつ書いてください。", en="Write each weekday once."),
        ),
        "gap": Words(
            message=Bilingual(
                ja="{minute} からの 1 分だけ閉まっています。時間帯の終わりは含まれません。",
                en="closed for the minute from {minute}: the end of a range is excluded.",
            ),
            hint=Bilingual(ja="{minute} から始めてください。", en="Begin at {minute}."),
        ),
        "midnight": Words(
            message=Bilingual(
                ja="一日の最後の 1 分だけ閉まっています。時間帯の終わりは含まれません。",
                en="closed for the last minute of the day: the end of a range is excluded.",
            ),
            hint=Bilingual(ja="24:00 と書いてください。", en="Write 24:00."),
        ),
    },
    checks={Needs.PARTS: check},
)
