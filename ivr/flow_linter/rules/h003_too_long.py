"""H003: the longest way through the flow fits into the time that a call may take."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.measures.worst_case import worst_case_seconds
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    most = flow.whole.limits.max_duration
    worst = worst_case_seconds(flow)
    if worst > most:
        table = flow.whole.main.table
        limits = table.entries.get("limits")
        at = limits.at if limits is not None else table.keys.get("start", table.at)
        minutes = -(-worst // 60)
        yield found(at, "H003", worst=_shown(worst), most=_shown(most), minutes=f"{minutes}m")


def _shown(seconds: int) -> str:
    return f"{seconds // 60}m{seconds % 60:02}s"


RULE = Rule(
    code="H003",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="最も長い道が `max_duration` を超える", en="worst-case time over `max_duration`"
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="最も遅い人は {worst} かかりますが、通話の上限は {most} です。",
                en="the slowest caller takes {worst}, and a call may take {most}.",
            ),
            hint=Bilingual(
                ja="待ち時間を縮めるか、limits: {{max_duration: {minutes}}} と書いてください。",
                en="Shorten a wait, or write limits: {{max_duration: {minutes}}}.",
            ),
        ),
    },
    checks={Needs.FLOW: check},
)
