"""Where paths lead: what reaches a goal, what is reached, and which nodes are a person."""

from collections.abc import Iterable, Mapping
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft
from ivr.flow_engine.source.whole_flow import WholeFlow

OUT: Final = ""  # the target of an exit that leaves a sub-flow for the main flow's human


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


def reached(draft: BodyDraft, starts: Iterable[str]) -> set[str]:
    """All nodes that can be reached from some of them, these included."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        node = draft.nodes.get(name)
        if node is not None and name not in found:
            found.add(name)
            waiting.extend(leaving.target for leaving in node.exits)
    return found


def on_circles(edges: Mapping[str, list[str]]) -> set[str]:
    """All nodes that can come back to themselves."""
    found: set[str] = set()
    for part in components(edges):
        if len(part) > 1 or any(name in edges[name] for name in part):
            found |= part
    return found


def components(edges: Mapping[str, list[str]]) -> list[set[str]]:
    """Nodes that can reach each other, callers before what they lead to (Kosaraju's strongly
    connected components, in time linear in nodes and edges)."""
    inner = {name: [t for t in targets if t in edges] for name, targets in edges.items()}
    back: dict[str, list[str]] = {name: [] for name in inner}
    for name, targets in inner.items():
        for target in targets:
            back[target].append(name)
    seen: set[str] = set()
    parts: list[set[str]] = []
    for name in reversed(finished(inner)):
        if name in seen:
            continue
        part = {name}
        waiting = [name]
        while waiting:
            for before in back[waiting.pop()]:
                if before not in seen and before not in part:
                    part.add(before)
                    waiting.append(before)
        seen |= part
        parts.append(part)
    return parts


def longest(edges: Mapping[str, list[str]], weight: Mapping[str, int]) -> dict[str, int]:
    """By node, the heaviest way from it on, itself included, that comes to no node twice on the
    walk; steps back on the walk are left out."""
    best: dict[str, int] = {}
    for name in finished(edges):
        onward = [best[target] for target in edges[name] if target in best]
        best[name] = weight[name] + max(onward, default=0)
    return best


def finished(edges: Mapping[str, list[str]]) -> list[str]:
    """Nodes in the order in which a depth-first walk is done with them."""
    order: list[str] = []
    seen: set[str] = set()
    for start in edges:
        if start in seen:
            continue
        seen.add(start)
        walk = [(start, iter(edges[start]))]
        while walk:
            name, rest = walk[-1]
            after = next((target for target in rest if target not in seen), None)
            if after is None:
                order.append(name)
                walk.pop()
            else:
                seen.add(after)
                walk.append((after, iter(edges[after])))
    return order


def is_person(whole: WholeFlow, node: NodeDraft) -> bool:
    if isinstance(node.kind, d.Subflow):
        inner = whole.bodies.get(node.kind.id)
        return inner is None or any(
            isinstance(n.kind, (d.Route, d.Callback)) for n in inner.nodes.values()
        )
    return isinstance(node.kind, (d.Route, d.Callback))
