"""O006: an alarm deserves a way of its own, not that of every other failure."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.outcomes import ALARM_EXITS, OTHER
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            written = node.table.entries.get("outcomes")
            if not isinstance(node.kind, d.VerifyIdentity) or not isinstance(written, Table):
                continue
            missing = [name for name in ALARM_EXITS if name not in written.entries]
            if missing and OTHER in written.entries:
                yield found(written.keys[OTHER], "O006", node=node.id, names=", ".join(missing))


RULE = Rule(
    code="O006",
    severity=Severity.WARNING,
    title=Bilingual(ja="警報の出口が `other` に飲まれている", en="alarm hint swallowed by `other`"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} では `other` が警報 {names} も受けています。",
                en="in {node} `other` takes the alarms {names}.",
            ),
            hint=Bilingual(
                ja="安全のための窓口への出口を書いてください。",
                en="Give them an exit to a safety desk.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
