"""G003: from every node the call can end, or the sub-flow return."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.paths import OUT, reaching
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        ends = [n.id for n in draft.nodes.values() if isinstance(n.kind, (d.HangUp, d.Return))]
        good = reaching(draft, [*ends, OUT])
        for node in draft.nodes.values():
            if node.id not in good and not _beside(node):
                yield found(node.at, "G003", node=node.id)


def _beside(node: NodeDraft) -> bool:
    """Only an operator starts it, beside the talk: no exit of it is ever followed."""
    modes = node.kind.modes if isinstance(node.kind, d.VerifyIdentity) else ()
    return bool(modes) and all(mode.name == "operator_started" for mode in modes)


RULE = Rule(
    code="G003",
    severity=Severity.ERROR,
    title=Bilingual(ja="終わりに行く道がない", en="no path to an end"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} から終わりに行く道がありません。",
                en="no path leads from {node} to an end.",
            ),
            hint=Bilingual(
                ja="出口の一つを hangup か return につないでください。",
                en="Lead one of its exits to a hangup or return.",
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
