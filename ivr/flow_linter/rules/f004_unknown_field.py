"""F004: a field that the language does not have, with the nearest one that it has."""

from collections.abc import Collection, Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for where, name, known in _pairs(flow, draft, node):
                if name not in known:
                    nearest = forms.nearest(name, known)
                    yield found(node.body.at, "F004", name=name, where=where, **nearest)


def _pairs(
    flow: Subject, draft: BodyDraft, node: NodeDraft
) -> Iterator[tuple[str, str, Collection[str]]]:
    """(where, name, known names) of what belongs to a lookup or a sub-flow."""
    kind = node.kind
    if isinstance(kind, d.Lookup) and kind.name in flow.whole.site.lookups:
        args = flow.whole.site.lookups[kind.name].args
        yield from (("args", name, args) for name in kind.args)
    if isinstance(kind, d.Subflow) and kind.id in flow.whole.bodies:
        inner = flow.whole.bodies[kind.id].body
        yield from (("with", name, inner.inputs) for name in kind.inputs)
        yield from (("store", name, inner.outputs) for name in kind.store.values())
    if isinstance(kind, d.Return):
        yield from (("outputs", name, draft.body.outputs) for name in kind.outputs)


RULE = Rule(
    code="F004",
    severity=Severity.ERROR,
    title=Bilingual(ja="知らない項目 (近い名前を示す)", en="unknown field, with nearest name"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{where} に {name} という項目はありません。",
                en="unknown field {name} in {where}.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
    },
    checks={Needs.PARTS: check},
)
