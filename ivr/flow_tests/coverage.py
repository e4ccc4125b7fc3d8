"""Which nodes no test enters, and which written exits no test takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine.definition import HoursCheck, Subflow, VerifyIdentity
from ivr.flow_engine.outcomes import COMPLETE_EXITS, OTHER, VERIFY_EXITS
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import At
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_tests.result import Result

_BESIDE_THE_TALK: Final = "operator_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaken:
    """A node that no test enters (`exit` is empty), or an exit that none takes."""

    at: At
    flow: str
    node: str
    exit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts of what the flow has and what tests took. An exit counts once where it is written:
    one of `defaults` is taken when any node takes it. Exits of nodes that no test enters are
    counted, but not listed."""

    nodes: int
    nodes_taken: int
    exits: int
    exits_taken: int
    untaken: tuple[Untaken, ...]


def coverage(whole: WholeFlow, results: Iterable[Result]) -> Coverage:
    """Of one main flow with its sub-flows, over what its tests took."""
    entered: set[tuple[str, str]] = set()
    left: dict[tuple[str, str], set[str]] = {}
    for result in results:
        entered |= result.nodes
        for in_flow, at_node, exit_name in result.exits:
            left.setdefault((in_flow, at_node), set()).add(exit_name)
    missed: list[Untaken] = []
    owners: dict[At, Untaken | None] = {}  # None while no test enters a node that has this exit
    taken: set[At] = set()
    count = 0
    for flow, node in _nodes(whole):
        count += 1
        written = _written(node)
        inside = (flow, node.id) in entered
        if not inside:
            missed.append(Untaken(at=node.at, flow=flow, node=node.id))
        for name in left.get((flow, node.id), ()):
            taken |= {at for at in (written.get(_as_written(node, written, name)),) if at}
        for name, at in written.items():
            entry = Untaken(at=at, flow=flow, node=node.id, exit=name) if inside else None
            owners[at] = owners.get(at) or entry
    hidden = len(missed)
    missed += [entry for at, entry in owners.items() if entry is not None and at not in taken]
    return Coverage(
        nodes=count,
        nodes_taken=count - hidden,
        exits=len(owners),
        exits_taken=len(taken),
        untaken=tuple(sorted(missed, key=_place)),
    )


def _nodes(whole: WholeFlow) -> Iterator[tuple[str, NodeDraft]]:
    """But those that an operator starts beside the talk: the call never enters them."""
    for flow, draft in whole.bodies.items():
        for node in draft.nodes.values():
            if not _beside(node):
                yield flow, node


def _place(entry: Untaken) -> tuple[str, int, int]:
    return entry.at.file, entry.at.line, entry.at.col


def _written(node: NodeDraft) -> dict[str, At]:
    """Exits that the reader filled in stand at the node itself; they are nobody's words. Nor is a
    sub-flow's `error` counted: it is for what breaks, and no test can break a flow without errors.
    """
    faults = {"error"} if isinstance(node.kind, Subflow) else set()
    return {
        leave.name: leave.at
        for leave in node.exits
        if leave.at != node.at and leave.name not in faults
    }


def _as_written(node: NodeDraft, written: dict[str, At], exit_name: str) -> str:
    if exit_name in written:
        return exit_name
    if isinstance(node.kind, HoursCheck) and exit_name == "holiday":
        return "closed"
    other = exit_name in VERIFY_EXITS and exit_name not in COMPLETE_EXITS
    return OTHER if other and isinstance(node.kind, VerifyIdentity) else exit_name


def _beside(node: NodeDraft) -> bool:
    kind = node.kind
    return isinstance(kind, VerifyIdentity) and all(
        mode.name == _BESIDE_THE_TALK for mode in kind.modes
    )
