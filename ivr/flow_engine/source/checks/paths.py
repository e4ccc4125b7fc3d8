"""Where paths lead: G003 to an end, G004 round in circles, H002 to a person."""

from collections.abc import Iterable, Mapping
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.outcomes import COMPLETE_EXITS
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow

_STOPS: Final = (d.Gather, d.VerifyIdentity, d.Route, d.Callback, d.Count)
_OUT = ""  # the target of an exit that leaves a sub-flow for the main flow's human


def check_paths(findings: Findings, whole: WholeFlow) -> None:
    for draft in whole.bodies.values():
        _ends(findings, draft)
        _circles(findings, whole, draft)
        _persons(findings, whole, draft)
    if not any(isinstance(node.kind, d.Route) for node in _all_nodes(whole)):
        findings.add(whole.main.table.at, "H002.route")


def _all_nodes(whole: WholeFlow) -> list[NodeDraft]:
    return [node for draft in whole.bodies.values() for node in draft.nodes.values()]


def reaching(draft: BodyDraft, goals: Iterable[str]) -> set[str]:
    """All nodes from which one of the goals can be reached, the goals included."""
    before: dict[str, set[str]] = {}
    for node in draft.nodes.values():
        for leaving in node.exits:
            before.setdefault(leaving.target, set()).add(node.id)
    found: set[str] = set()
    waiting = list(goals)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(before.get(name, ()))
    return found


def _ends(findings: Findings, draft: BodyDraft) -> None:
    ends = [n.id for n in draft.nodes.values() if isinstance(n.kind, (d.HangUp, d.Return))]
    good = reaching(draft, [*ends, _OUT])
    for node in draft.nodes.values():
        dangling = any(leaving.target not in draft.nodes for leaving in node.exits)
        if node.id not in good and not dangling:
            findings.add(node.at, "G003", node=node.id)


def _circles(findings: Findings, whole: WholeFlow, draft: BodyDraft) -> None:
    """Nodes that lie on a circle of nodes none of which waits for the caller or counts."""
    running = {
        node.id: [e.target for e in node.exits if e.target in draft.nodes and not _fault(node, e)]
        for node in draft.nodes.values()
        if not _stops(whole, node)
    }
    shrinking = True
    while shrinking:  # a node that leads only out of the rest is on no circle
        ends = [name for name, after in running.items() if not any(t in running for t in after)]
        shrinking = bool(ends)
        for name in ends:
            del running[name]
    for name, after in running.items():
        if name in _reachable(running, after):
            findings.add(draft.nodes[name].at, "G004", node=name)


def _reachable(edges: Mapping[str, list[str]], start: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in edges and name not in found:
            found.add(name)
            waiting.extend(edges[name])
    return found


def _fault(node: NodeDraft, leaving: Exit) -> bool:
    """A sub-flow's `error` is taken after a fault only, and a second fault ends in the queue."""
    return isinstance(node.kind, d.Subflow) and leaving.name == "error"


def _stops(whole: WholeFlow, node: NodeDraft) -> bool:
    if isinstance(node.kind, d.Subflow):
        inner = whole.bodies.get(node.kind.id)
        return inner is None or any(isinstance(n.kind, _STOPS) for n in inner.nodes.values())
    return isinstance(node.kind, _STOPS)


def _is_person(whole: WholeFlow, node: NodeDraft) -> bool:
    if isinstance(node.kind, d.Subflow):
        inner = whole.bodies.get(node.kind.id)
        return inner is None or any(
            isinstance(n.kind, (d.Route, d.Callback)) for n in inner.nodes.values()
        )
    return isinstance(node.kind, (d.Route, d.Callback))


def _persons(findings: Findings, whole: WholeFlow, draft: BodyDraft) -> None:
    """Every node before a route or callback, and every exit of a check that did not succeed, can
    reach a person. Behind a closed or holiday exit nobody is there, so nothing is asked there. A
    sub-flow may give the caller back to its main flow instead."""
    persons = [node.id for node in draft.nodes.values() if _is_person(whole, node)]
    returns = [node.id for node in draft.nodes.values() if isinstance(node.kind, d.Return)]
    good = reaching(draft, [*persons, _OUT, *(returns if draft.is_sub else ())])
    for node in _lost(whole, draft, good):
        findings.add(node.at, "H002.node", node=node.id)
    for node in draft.nodes.values():
        for leaving in node.exits if isinstance(node.kind, d.VerifyIdentity) else ():
            lost = leaving.target in draft.nodes and leaving.target not in good
            if lost and leaving.name not in (*COMPLETE_EXITS, "call_ended"):
                findings.add(leaving.at, "H002.exit", name=leaving.name)


def _lost(whole: WholeFlow, draft: BodyDraft, good: set[str]) -> list[NodeDraft]:
    """The first nodes on each path from the start from which no person can be reached."""
    found: dict[str, NodeDraft] = {}
    waiting = [draft.body.start]
    while waiting:
        node = draft.nodes.get(waiting.pop())
        if node is None or node.id in found or _is_person(whole, node):
            continue
        found[node.id] = node
        if node.id in good:
            waiting.extend(e.target for e in node.exits if _led(node, e, good))
    return [node for name, node in found.items() if name not in good]


def _led(node: NodeDraft, leaving: Exit, good: set[str]) -> bool:
    """Not behind closed hours, and not where exits of a check are judged one by one."""
    if isinstance(node.kind, d.VerifyIdentity):
        return leaving.name in COMPLETE_EXITS or leaving.target in good
    return not (isinstance(node.kind, d.HoursCheck) and leaving.name in ("closed", "holiday"))
