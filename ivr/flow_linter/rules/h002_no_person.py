"""H002: every caller can reach a person. Behind a closed or holiday exit nobody is there, so
nothing is asked there; a sub-flow may give the caller back to its main flow instead."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.outcomes import COMPLETE_EXITS
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.findings import At, Found, found
from ivr.flow_linter.analysis.paths import OUT, is_person, reaching
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        persons = [node.id for node in draft.nodes.values() if is_person(flow.whole, node)]
        returns = [node.id for node in draft.nodes.values() if isinstance(node.kind, d.Return)]
        good = reaching(draft, [*persons, OUT, *(returns if draft.is_sub else ())])
        for node in _lost(flow, draft, good):
            yield found(node.at, "H002.node", node=node.id)
        for node in draft.nodes.values():
            if isinstance(node.kind, d.VerifyIdentity):
                yield from _exits(node, good)
    kinds = (node.kind for draft in flow.whole.bodies.values() for node in draft.nodes.values())
    if not any(isinstance(kind, d.Route) for kind in kinds):
        yield found(flow.whole.main.table.at, "H002.route")


def _exits(node: NodeDraft, good: set[str]) -> Iterator[Found]:
    """Each written exit once; what `other` stands for is told at `other`, which comes first."""
    told: set[At] = set()
    for leaving in node.exits:
        counts = leaving.name not in (*COMPLETE_EXITS, "call_ended")
        if counts and leaving.target not in good and leaving.at not in told:
            told.add(leaving.at)
            yield found(leaving.at, "H002.exit", name=leaving.name)


def _lost(flow: Subject, draft: BodyDraft, good: set[str]) -> list[NodeDraft]:
    """The first nodes on each path from the start from which no person can be reached."""
    seen: dict[str, NodeDraft] = {}
    waiting = [draft.body.start]
    while waiting:
        node = draft.nodes.get(waiting.pop())
        if node is None or node.id in seen or is_person(flow.whole, node):
            continue
        seen[node.id] = node
        if node.id in good:
            waiting.extend(e.target for e in node.exits if _led(node, e, good))
    return [node for name, node in seen.items() if name not in good]


def _led(node: NodeDraft, leaving: Exit, good: set[str]) -> bool:
    """Not behind closed hours, and not where exits of a check are judged one by one."""
    if isinstance(node.kind, d.VerifyIdentity):
        return leaving.name in COMPLETE_EXITS or leaving.target in good
    return not (isinstance(node.kind, d.HoursCheck) and leaving.name in ("closed", "holiday"))


RULE = Rule(
    code="H002",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="**人につながる道がない**: `route`/`callback` より前のノード、失敗・取消の出口"
        " (`call_ended` 以外)、`route` のないメインのフロー",
        en="**no path to a human**: from a node before any `route`/`callback`, or from a "
        "failed/cancelled exit (not `call_ended`), or no `route` in a main flow",
    ),
    cases={
        "route": Words(
            message=Bilingual(
                ja="メインのフローに route がなく、誰も担当者につながりません。",
                en="no route in a main flow: no caller can reach a person.",
            ),
            hint=Bilingual(ja="キューへの route を足してください。", en="Add a route to a queue."),
        ),
        "node": Words(
            message=Bilingual(
                ja="{node} から担当者に行く道がありません。",
                en="no path leads from {node} to a person.",
            ),
            hint=Bilingual(
                ja="出口の一つを route か callback につないでください。",
                en="Lead one of its exits to a route or callback.",
            ),
        ),
        "exit": Words(
            message=Bilingual(
                ja="出口 {name} から担当者に行く道がありません。",
                en="no path leads from exit {name} to a person.",
            ),
            hint=Bilingual(
                ja="route か callback につないでください。", en="Lead it to a route or callback."
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
