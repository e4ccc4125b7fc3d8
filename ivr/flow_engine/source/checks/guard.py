"""The guard: what holds on *every* path to a place, and what may be done there.

A forward analysis over the nodes of each file keeps facts that are true on all paths: `verified`,
`silent` (nothing spoken or asked yet) and which variables are set. From them: S002, O003 (personal
and verified-only data), E002 (a variable that may be unset), O007 (app_dial after speech).

Conservative where the path is unknown: `human`, `on_repudiated` and targets of global keys begin
without any fact; so does a sub-flow unless all its callers agree. The engine checks the guard
again at run time.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from ivr.flow_engine import definition as d
from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.outcomes import COMPLETE_EXITS
from ivr.flow_engine.source.checks.spoken import said
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow

Facts: TypeAlias = frozenset[str]
NOTHING: Final[Facts] = frozenset()
VERIFIED: Final = "verified"
SILENT: Final = "silent"


def check_guard(findings: Findings, whole: WholeFlow) -> None:
    """Callers come before the sub-flows they call."""
    entry: dict[str, Facts] = {next(iter(whole.bodies)): frozenset({SILENT})}
    for name in _callers_first(whole):
        draft = whole.bodies[name]
        facts = _facts(whole, draft, entry.get(name, NOTHING))
        for node in draft.nodes.values():
            here = facts.get(node.id)
            if here is None:
                continue  # unreachable: nothing is ever spoken there
            _check_node(findings, whole, draft, node, here)
            if isinstance(node.kind, d.Subflow):
                carried = here & {VERIFIED, SILENT}
                before = entry.get(node.kind.id)
                entry[node.kind.id] = carried if before is None else before & carried


def _callers_first(whole: WholeFlow) -> list[str]:
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for node in whole.bodies[name].nodes.values():
            if isinstance(node.kind, d.Subflow) and node.kind.id in whole.bodies:
                visit(node.kind.id)
        order.append(name)

    visit(next(iter(whole.bodies)))
    return order[::-1]


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


def _check_node(
    findings: Findings, whole: WholeFlow, draft: BodyDraft, node: NodeDraft, facts: Facts
) -> None:
    for use in node.expressions:
        if use.may_be_unset:
            continue
        for path in _unset(draft, use.expression, facts):
            findings.add(use.at, "E002.unset", name=path)
    for prompt in node.prompts:
        for path in _spoken_paths(whole, prompt.prompt):
            if _is_personal(whole, draft, path) and VERIFIED not in facts:
                findings.add(prompt.at, "S002.guard", name=path)
            elif not _is_set(draft, path, facts):
                findings.add(prompt.at, "E002.unset", name=path)
    _check_attributes(findings, whole, draft, node, facts)
    kind = node.kind
    promised = [e.name for e in draft.body.exits if e.verified]
    if isinstance(kind, d.Return) and kind.exit in promised and VERIFIED not in facts:
        findings.add(node.at, "O003.exit", name=kind.exit)
    if isinstance(kind, d.VerifyIdentity):
        places = [i for i, mode in enumerate(kind.modes) if mode.name == "app_dial"]
        if places and (places[0] > 0 or SILENT not in facts):
            findings.add(node.at, "O007")


def _check_attributes(
    findings: Findings, whole: WholeFlow, draft: BodyDraft, node: NodeDraft, facts: Facts
) -> None:
    if VERIFIED in facts:
        return
    for use in node.names:
        if use.what == "attribute" and _owned(whole, draft, use.name):
            findings.add(use.at, "O003.attribute", name=use.name)
        if use.what == "lookup":
            entry = whole.site.lookups.get(use.name)
            if entry is not None and entry.verified_only:
                findings.add(use.at, "O003.lookup", name=use.name)


def _owned(whole: WholeFlow, draft: BodyDraft, attribute: str) -> bool:
    """What belongs to the proven person; what the caller keyed does not."""
    if attribute == "contract":
        return True
    variable = draft.body.variables.get(attribute.removeprefix("answers."))
    if variable is None or not variable.type.startswith("lookup."):
        return False
    entry = whole.site.lookups.get(variable.type.removeprefix("lookup."))
    return entry is None or entry.verified_only


def _spoken_paths(whole: WholeFlow, prompt: str) -> Iterator[str]:
    for _, _, found in said(whole, prompt):
        for placeholder in found:
            if placeholder.path.startswith(("answers.", "inputs.")):
                yield placeholder.path


def _variable(draft: BodyDraft, path: str) -> d.Variable | None:
    family, _, rest = path.partition(".")
    declared = {"answers": draft.body.variables, "inputs": draft.body.inputs}.get(family, {})
    return declared.get(rest.split(".")[0])


def _is_personal(whole: WholeFlow, draft: BodyDraft, path: str) -> bool:
    variable = _variable(draft, path)
    if variable is None:
        return False  # unknown: told by another rule
    if variable.type.startswith("lookup."):
        entry = whole.site.lookups.get(variable.type.removeprefix("lookup."))
        return entry is None or path.rpartition(".")[2] not in entry.public
    return variable.personal


def _is_set(draft: BodyDraft, path: str, facts: Facts) -> bool:
    variable = _variable(draft, path)
    if variable is None or path.startswith("inputs.") or variable.default is not None:
        return True
    whole_name = ".".join(path.split(".")[:2])
    return whole_name in facts or path in facts


def _unset(draft: BodyDraft, expression: d.Expression, facts: Facts) -> Iterator[str]:
    try:
        tree = syntax.parse(expression.source)
    except syntax.SyntaxProblem:
        return
    tested = syntax.tested(tree)
    for path in sorted(syntax.paths(tree)):
        asked = path in tested or path.rpartition(".")[0] in tested
        if path.startswith("answers.") and not asked and not _is_set(draft, path, facts):
            yield path
