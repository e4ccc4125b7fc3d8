"""How long the slowest caller stays in a flow, queues and talks left out."""

from collections.abc import Mapping

from ivr.flow_engine import definition as d
from ivr.flow_engine.readings.speech_length import spoken_seconds
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft
from ivr.flow_linter.analysis.guard import callers_first
from ivr.flow_linter.analysis.paths import components, longest
from ivr.flow_linter.measures.prompt_lengths import spoken_at_longest
from ivr.flow_linter.rule import Subject


def worst_case_seconds(subject: Subject) -> int:
    """Of the longest way from the start. A circle counts as often as its counters let it go round;
    one that the caller alone ends counts once."""
    seconds: dict[str, float] = {}
    for name, _, spoken in spoken_at_longest(subject):
        seconds[name] = max(seconds.get(name, 0.0), spoken_seconds(spoken))
    of_flow: dict[str, int] = {}
    for name in reversed(callers_first(subject.whole)):
        of_flow[name] = _longest_way(subject.whole.bodies[name], seconds, of_flow)
    return of_flow[subject.whole.main.body.id]


def _longest_way(draft: BodyDraft, seconds: Mapping[str, float], of_flow: Mapping[str, int]) -> int:
    edges = {
        node.id: [leaving.target for leaving in node.exits if leaving.target in draft.nodes]
        for node in draft.nodes.values()
    }
    weight = {node.id: _spent(node, seconds, of_flow) for node in draft.nodes.values()}
    worst: dict[str, int] = {}
    for part in reversed(components(edges)):
        inside = {name: [t for t in edges[name] if t in part] for name in part}
        once = max(longest(inside, weight).values())
        rounds = 1 + sum(_rounds(draft.nodes[name]) for name in part) if len(part) > 1 else 1
        onward = [worst[t] for name in part for t in edges[name] if t not in part]
        worst |= dict.fromkeys(part, once * rounds + max(onward, default=0))
    return worst.get(draft.body.start, 0)


def _rounds(node: NodeDraft) -> int:
    return node.kind.max if isinstance(node.kind, d.Count) else 0


def _spent(node: NodeDraft, seconds: Mapping[str, float], of_flow: Mapping[str, int]) -> int:
    kind = node.kind
    said = sum(seconds.get(use.prompt, 0.0) for use in node.prompts)
    if isinstance(kind, d.Gather):
        asked = seconds.get(kind.prompt, 0.0) + kind.timeout * kind.max_digits
        return round(kind.max_attempts * asked + said)
    if isinstance(kind, d.VerifyIdentity):
        return kind.wait + kind.extend  # all modes and prompts together
    if isinstance(kind, d.Lookup):
        return round(kind.timeout + said)
    if isinstance(kind, d.Subflow):
        return of_flow.get(kind.id, 0)
    return 0 if isinstance(kind, d.Route) else round(said)
