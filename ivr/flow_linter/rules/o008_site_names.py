"""O008: a flow names only what the site file has."""

from collections.abc import Collection, Iterator, Mapping

from bilingual.text import Bilingual
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.documents import Scalar, Table, Value
from ivr.flow_engine.source.findings import At, Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    site = flow.whole.site
    known: Mapping[str, Collection[str]] = {
        "queue": site.queues,
        "lookup": site.lookups,
        "purpose": site.purposes,
        "action": site.actions,
        "calendar": ("jp", "none", *site.calendars),
    }
    for what, name, at in (*_in_nodes(flow), *_in_types(flow), *_in_hours(flow)):
        if what in known and name not in known[what]:
            nearest = forms.nearest(name, known[what])
            yield found(at, "O008", what=what, name=name, **nearest)


def _in_nodes(flow: Subject) -> Iterator[tuple[str, str, At]]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            yield from ((use.what, use.name, use.at) for use in node.names)


def _in_types(flow: Subject) -> Iterator[tuple[str, str, At]]:
    for draft in flow.whole.bodies.values():
        for where in ("variables", "inputs", "outputs"):
            for entry in _entries(draft.table.entries.get(where)).values():
                kind = _entries(entry).get("type")
                if isinstance(kind, Scalar) and kind.text.startswith("lookup."):
                    yield "lookup", kind.text.removeprefix("lookup."), kind.at


def _in_hours(flow: Subject) -> Iterator[tuple[str, str, At]]:
    for entry in _entries(flow.whole.main.table.entries.get("hours")).values():
        calendar = _entries(entry).get("holidays")
        if isinstance(calendar, Scalar):
            yield "calendar", calendar.text, calendar.at


def _entries(value: Value | None) -> Mapping[str, Value]:
    return value.entries if isinstance(value, Table) else {}


RULE = Rule(
    code="O008",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="site.yaml にないキュー、照会、目的、手続き、カレンダー",
        en="queue, lookup, purpose, action, calendar not in the site file",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="{what} の {name} が site.yaml にありません。",
                en="{what} {name} is not in the site file.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
    },
    checks={Needs.PARTS: check},
)
