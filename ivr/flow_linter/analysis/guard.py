"""The guard: what holds on *every* path to a place.

A forward analysis over the nodes of each file keeps facts that are true on all paths: `verified`,
`silent` (nothing spoken or asked yet) and which variables are set (`answers.<name>`).

Conservative where the path is unknown: `human`, `on_repudiated` and targets of global keys begin
without any fact; so does a sub-flow unless all its callers agree. The engine checks the guard
again at run time.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from ivr.flow_engine import definition as d
from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.outcomes import COMPLETE_EXITS
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.whole_flow import WholeFlow

Facts: TypeAlias = frozenset[str]
FactsByNode: TypeAlias = Mapping[str, Mapping[str, Facts]]
NOTHING: Final[Facts] = frozenset()
VERIFIED: Final = "verified"
SILENT: Final = "silent"


def facts_by_node(whole: WholeFlow) -> FactsByNode:
    """By flow id and node id; a node that no path reaches has no entry. Callers come before the
    sub-flows they call."""
    entry: dict[str, Facts] = {next(iter(whole.bodies)): frozenset({SILENT})}
    found: dict[str, Mapping[str, Facts]] = {}
    for name in callers_first(whole):
        draft = whole.bodies[name]
        found[name] = facts = _facts(whole, draft, entry.get(name, NOTHING))
        for node in draft.nodes.values():
            if node.id in facts and isinstance(node.kind, d.Subflow):
                carried = facts[node.id] & {VERIFIED, SILENT}
                before = entry.get(node.kind.id)
                entry[node.kind.id] = carried if before is None else before & carried
    return found


def callers_first(whole: WholeFlow) -> list[str]:
    """Flow ids, each before the sub-flows that it calls."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in order:
            return
        for node in whole.bodies[name].nodes.values():
            if isinstance(node.kind, d.Subflow) and node.kind.id in whole.bodies:
                visit(node.kind.id)
        order[name] = None

    visit(next(iter(whole.bodies)))
    return list(order)[::-1]


def _facts(whole: WholeFlow, draft: BodyDraft, entry: Facts) -> Mapping[str, Facts]:
    """Facts at the entry of every reachable node: the largest that all paths agree on."""
    found: dict[str, Facts] = {}
    waiting: list[tuple[str, Facts]] = [(draft.body.start, entry)]
    if not draft.is_sub:
        targets = [e.target for e in whole.key_targets]
        targets += [draft.body.human, draft.body.on_repudiated]
        waiting.extend((target, NOTHING) for target in targets)
    while waiting:
        name, facts = waiting.pop()
        node = draft.nodes.get(name)
        if node is None:
            continue
        known = found.get(name)
        now = facts if known is None else known & facts
        if now == known:
            continue
        found[name] = now
        waiting.extend((e.target, _after(whole, node, e, now)) for e in node.exits)
    return found


def _after(whole: WholeFlow, node: NodeDraft, leaving: Exit, facts: Facts) -> Facts:
    """Facts behind one exit of a node."""
    kind = node.kind
    if isinstance(kind, d.Branch):
        return facts | (_promised(leaving.when) if leaving.when else NOTHING)
    if isinstance(kind, d.Set):
        return facts | {f"answers.{name}" for name in kind.assign}
    if isinstance(kind, (d.HoursCheck, d.Count, d.Goto)):
        return facts
    if isinstance(kind, d.Lookup):
        kept = facts - {SILENT} if kind.hold else facts
        stored = {f"answers.{kind.store}"} if kind.store else set()
        return kept | stored if leaving.name == "found" else kept - stored
    facts = facts - {SILENT}
    if isinstance(kind, d.Gather):
        return facts | ({f"answers.{kind.store}"} if leaving.name == "next" else NOTHING)
    if isinstance(kind, d.VerifyIdentity):
        return facts | {VERIFIED} if leaving.name in COMPLETE_EXITS else facts - {VERIFIED}
    if isinstance(kind, d.Route) and leaving.name == "connected":
        return facts - {VERIFIED}  # a talk can last longer than a result counts
    if isinstance(kind, d.Subflow):
        return _after_subflow(whole, kind, leaving, facts)
    return facts


def _after_subflow(whole: WholeFlow, kind: d.Subflow, leaving: Exit, facts: Facts) -> Facts:
    inner = whole.bodies.get(kind.id)
    if inner is None:
        return NOTHING
    if leaving.name != "error":
        facts = facts | {f"answers.{variable}" for variable in kind.store}
    if any(e.name == leaving.name and e.verified for e in inner.body.exits):
        return facts | {VERIFIED}
    asks = any(isinstance(n.kind, (d.VerifyIdentity, d.Subflow)) for n in inner.nodes.values())
    return facts - {VERIFIED} if asks or leaving.name == "error" else facts


def _promised(when: d.Expression) -> Facts:
    """What a true condition proves: `identity.verified` and has() among its `&&` terms."""
    try:
        terms = syntax.terms(syntax.parse(when.source))
    except syntax.SyntaxProblem:
        return NOTHING
    facts: set[str] = set()
    for term in terms:
        if term == syntax.Name(path="identity.verified"):
            facts.add(VERIFIED)
        elif isinstance(term, syntax.Call) and term.function == "has":
            facts |= syntax.paths(term)
    return frozenset(facts)
