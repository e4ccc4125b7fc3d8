"""S004: entries of four or twelve digits are what PINs and My Numbers look like to a caller."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            kind = node.kind
            entry = isinstance(kind, d.Gather) and bool(kind.store) and not kind.keys
            if not isinstance(kind, d.Gather) or not entry or kind.min_digits != kind.max_digits:
                continue
            if kind.max_digits in (4, 12):
                written = node.body.entries if isinstance(node.body, Table) else {}
                at = next(
                    (written[n].at for n in ("digits", "max_digits") if n in written), node.at
                )
                yield found(at, "S004", node=node.id, count=kind.max_digits)


RULE = Rule(
    code="S004",
    severity=Severity.WARNING,
    title=Bilingual(ja="ちょうど 4 桁または 12 桁の入力", en="entry of exactly 4 or 12 digits"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} はちょうど {count} 桁を尋ねます。暗証番号や個人番号と間違えられます。",
                en="{node} asks for exactly {count} digits, as a {count}-digit secret has.",
            ),
            hint=Bilingual(
                ja="別の番号を尋ねるか、理由を書いて許可してください。",
                en="Ask for another number, or accept it with a reason.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
