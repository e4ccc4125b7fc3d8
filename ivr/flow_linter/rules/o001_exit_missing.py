"""O001: every way out of a node is written. Told by the reader; those of sub-flows here."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            kind = node.kind
            if isinstance(kind, d.Subflow) and kind.id in flow.whole.bodies:
                for leaving in flow.whole.bodies[kind.id].body.exits:
                    if leaving.name not in kind.outcomes:
                        yield found(node.at, "O001", name=leaving.name, where="outcomes")


RULE = Rule(
    code="O001",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="必須の出口がなく、`other` もない", en="required exit missing and no `other`"
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="必須の出口 {name} がありません。", en="required exit {name} is missing."
            ),
            hint=Bilingual(ja="{where} に書いてください。", en="Write it under {where}."),
        ),
    },
    checks={Needs.PARTS: check},
)
