"""G001: every target is a node of the same file."""

from collections.abc import Iterable, Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.draft import BodyDraft, Exit
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        yield from _targets(draft, draft.targets)
        for node in draft.nodes.values():
            yield from _targets(draft, node.exits)
    yield from _targets(flow.whole.main, flow.whole.key_targets)


def _targets(draft: BodyDraft, exits: Iterable[Exit]) -> Iterator[Found]:
    nodes = draft.table.entries.get("nodes")
    written = nodes.entries if isinstance(nodes, Table) else {}
    for leaving in exits:
        # A node that is written and could not be read has findings of its own.
        if leaving.target and leaving.target not in written:
            nearest = forms.nearest(leaving.target, draft.nodes)
            yield found(leaving.at, "G001", target=leaving.target, **nearest)


RULE = Rule(
    code="G001",
    severity=Severity.ERROR,
    title=Bilingual(ja="飛び先がない", en="dangling target"),
    cases={
        "": Words(
            message=Bilingual(
                ja="飛び先 {target} がありません。", en="target {target} does not exist."
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
    },
    checks={Needs.PARTS: check},
)
