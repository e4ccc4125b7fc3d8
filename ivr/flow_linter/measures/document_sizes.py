"""How large the document is that answers one carrier request: all that is said until somebody is
asked, waits, is moved or hangs up."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft
from ivr.flow_engine.voice_actions import Play, Say, Spoken
from ivr.flow_linter.analysis.guard import callers_first
from ivr.flow_linter.analysis.paths import longest
from ivr.flow_linter.measures.prompt_lengths import spoken_at_longest
from ivr.flow_linter.rule import Subject

_ENDS: Final = (d.Gather, d.VerifyIdentity, d.Route, d.Callback, d.HangUp, d.Return)
_VERB: Final = 120  # bytes of a verb with its attributes
_CLOSING: Final = 600  # of the verb that ends a document, with its addresses


def document_sizes(subject: Subject) -> Iterator[tuple[NodeDraft, int]]:
    """Each node with the bytes of the longest document that can begin there."""
    by_flow: dict[str, Mapping[str, int]] = {}
    said = _bytes_by_prompt(subject)
    for name in reversed(callers_first(subject.whole)):
        draft = subject.whole.bodies[name]
        by_flow[name] = _sizes(draft, said, by_flow)
        for node in draft.nodes.values():
            yield node, by_flow[name][node.id] + _CLOSING


def _sizes(
    draft: BodyDraft, said: Mapping[str, int], by_flow: Mapping[str, Mapping[str, int]]
) -> Mapping[str, int]:
    edges: dict[str, list[str]] = {}
    weight: dict[str, int] = {}
    for node in draft.nodes.values():
        stops = isinstance(node.kind, _ENDS)
        weight[node.id] = _at_once(node, said)
        if isinstance(node.kind, d.Subflow) and node.kind.id in by_flow:
            weight[node.id] += max(by_flow[node.kind.id].values(), default=0)
        edges[node.id] = [] if stops else [e.target for e in node.exits if e.target in draft.nodes]
    return longest(edges, weight)


def _at_once(node: NodeDraft, said: Mapping[str, int]) -> int:
    """A question comes with one of its corrections, a check says one of its prompts a turn, and
    announcements in a queue are documents of their own."""
    if isinstance(node.kind, d.Route):
        return 0
    sizes = [(use.role, said.get(use.prompt, 0)) for use in node.prompts]
    if isinstance(node.kind, d.VerifyIdentity):
        return max((size for _, size in sizes), default=0)
    retries = [size for role, size in sizes if role == "retry"]
    return sum(size for role, size in sizes if role != "retry") + max(retries, default=0)


def _bytes_by_prompt(subject: Subject) -> Mapping[str, int]:
    sizes: dict[str, int] = {}
    for name, _, spoken in spoken_at_longest(subject):
        size = sum(_VERB + len(escape(_text(part)).encode()) for part in spoken)
        sizes[name] = max(sizes.get(name, 0), size)
    return sizes


def _text(part: Spoken) -> str:
    if isinstance(part, Say):
        return part.text
    return part.audio if isinstance(part, Play) else ""
