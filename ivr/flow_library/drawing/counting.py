"""How many calls took each exit, and after which they were over: from the logs of calls."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ivr.flow_engine.definition import Branch, Flow, HangUp, Kind
from ivr.flow_engine.nodes.kinds_and_exits import exits_of
from ivr.flow_library.drawing.graph import Count, Counts

_ENDED: Final = "call_ended"


def counts(flow: Flow, logs: Iterable[Sequence[Mapping[str, Any]]]) -> Counts:
    """`logs` are entries of calls that are over (`flow_engine.call_log`). A call counts once for
    an exit, however often it took it. It dropped out at the last exit that it took, when the
    caller was gone before the node behind it was left; where that node hangs up, it did not.
    Exits of other versions that this one does not have are never asked for."""
    calls: Counter[tuple[str, str, str]] = Counter()
    dropped: Counter[tuple[str, str, str]] = Counter()
    for entries in logs:
        way = [_exit(flow, step) for entry in entries for step in entry.get("went", ())]
        calls.update(set(way))
        gone = any(entry.get("event") == _ENDED for entry in entries)
        if gone and way and not _hangs_up(flow, way[-1]):
            dropped[way[-1]] += 1
    return {key: Count(calls=number, dropped=dropped[key]) for key, number in calls.items()}


def _exit(flow: Flow, step: Sequence[str]) -> tuple[str, str, str]:
    """A trace names the arms of a branch by their place, a picture by their condition."""
    where, node, name = step
    kind = _kind(flow, where, node)
    if isinstance(kind, Branch) and name.startswith("when "):
        place = int(name.removeprefix("when ")) - 1
        name = f"when {kind.arms[place][0].source}" if place < len(kind.arms) else name
    return where, node, name


def _hangs_up(flow: Flow, taken: tuple[str, str, str]) -> bool:
    where, node, name = taken
    kind = _kind(flow, where, node)
    target = exits_of(kind).get(name, "") if kind is not None else ""
    return isinstance(_kind(flow, where, target), HangUp)


def _kind(flow: Flow, where: str, node: str) -> Kind | None:
    body = flow.main if where == flow.main.id else flow.subflows.get(where)
    return body.nodes[node].kind if body is not None and node in body.nodes else None
