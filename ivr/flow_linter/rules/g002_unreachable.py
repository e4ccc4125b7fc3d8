"""G002: a node that no path reaches is a mistake or a leftover. Checks that only operators start
need no way in."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.paths import reached
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        starts = [draft.body.start]
        if not draft.is_sub:
            starts += [draft.body.human, draft.body.on_repudiated]
            starts += [leaving.target for leaving in flow.whole.key_targets]
        starts += [node.id for node in draft.nodes.values() if _beside(node)]
        near = reached(draft, starts)
        for node in draft.nodes.values():
            if node.id not in near:
                yield found(node.at, "G002", node=node.id)


def _beside(node: NodeDraft) -> bool:
    kind = node.kind
    return isinstance(kind, d.VerifyIdentity) and any(
        mode.name == "operator_started" for mode in kind.modes
    )


RULE = Rule(
    code="G002",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="どこからも来ないノード (`operator_started` は別)",
        en="unreachable node (not `operator_started`)",
    ),
    cases={
        "": Words(
            message=Bilingual(ja="{node} に来る道がありません。", en="no path leads to {node}."),
            hint=Bilingual(
                ja="どこかの出口をつなぐか、このノードを消してください。",
                en="Lead an exit here, or remove the node.",
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
