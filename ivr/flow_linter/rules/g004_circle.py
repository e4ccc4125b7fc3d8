"""G004: a circle of nodes none of which waits for the caller or counts runs until a fuse blows."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import Exit, NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.analysis.paths import on_circles
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_STOPS = (d.Gather, d.VerifyIdentity, d.Route, d.Callback, d.Count)


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        running = {
            node.id: [leaving.target for leaving in node.exits if not _fault(node, leaving)]
            for node in draft.nodes.values()
            if not _stops(flow.whole, node)
        }
        for name in sorted(on_circles(running)):
            yield found(draft.nodes[name].at, "G004", node=name)


def _fault(node: NodeDraft, leaving: Exit) -> bool:
    """A sub-flow's `error` is taken after a fault only, and a second fault ends in the queue."""
    return isinstance(node.kind, d.Subflow) and leaving.name == "error"


def _stops(whole: WholeFlow, node: NodeDraft) -> bool:
    if isinstance(node.kind, d.Subflow):
        inner = whole.bodies.get(node.kind.id)
        return inner is None or any(isinstance(n.kind, _STOPS) for n in inner.nodes.values())
    return isinstance(node.kind, _STOPS)


RULE = Rule(
    code="G004",
    severity=Severity.ERROR,
    title=Bilingual(ja="入力も待ちも回数もない輪", en="cycle without input, wait or counter"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} は、入力も待ちも回数もない輪の中にあります。",
                en="{node} lies on a loop without input, wait or counter.",
            ),
            hint=Bilingual(
                ja="輪の中に count か gather を入れてください。",
                en="Put a count or gather into the loop.",
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
