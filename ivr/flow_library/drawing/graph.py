"""A flow as boxes and arrows: what a picture of it shows, whatever draws it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ivr.flow_engine import definition as d
from ivr.flow_engine.nodes.kinds_and_exits import KIND_NAMES, exits_of

_NAMED: Final = 2  # exits of one arrow that are named; of more it says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Calls that took an exit, and those of them that ended before the next node was left."""

    calls: int
    dropped: int = 0


Counts: TypeAlias = Mapping[tuple[str, str, str], Count]
"""By flow id, node and exit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """All exits of a node that lead to one target. `count` is theirs together."""

    exits: tuple[str, ...]
    target: str
    count: Count | None = None

    @property
    def label(self) -> str:
        named = ", ".join(self.exits[:_NAMED])
        return f"{named} +{len(self.exits) - _NAMED}" if len(self.exits) > _NAMED else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """`words` is what the node is about: a prompt, a queue, a lookup. `line` is in its file."""

    id: str
    kind: str
    line: int
    words: str = ""
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One body: the main flow, or a sub-flow."""

    id: str
    title: str
    file: str
    start: str
    boxes: Mapping[str, Box] = field(default_factory=dict)


def panels(flow: d.Flow, counts: Counts | None = None) -> tuple[Panel, ...]:
    """The main flow first. With `counts`, every arrow has one; without, none."""
    return tuple(
        Panel(
            id=body.id,
            title=body.title,
            file=body.file,
            start=body.start,
            boxes={
                node.id: Box(
                    id=node.id,
                    kind=KIND_NAMES[type(node.kind)],
                    line=node.line,
                    words=_words(node.kind),
                    arrows=_arrows(body.id, node, counts),
                )
                for node in body.nodes.values()
            },
        )
        for body in (flow.main, *flow.subflows.values())
    )


def _arrows(flow_id: str, node: d.Node, counts: Counts | None) -> tuple[Arrow, ...]:
    by_target: dict[str, list[str]] = {}
    for name, target in exits_of(node.kind).items():
        if target:
            by_target.setdefault(target, []).append(name)
    return tuple(
        Arrow(exits=tuple(exits), target=target, count=_sum(flow_id, node.id, exits, counts))
        for target, exits in by_target.items()
    )


def _sum(flow_id: str, node: str, exits: list[str], counts: Counts | None) -> Count | None:
    if counts is None:
        return None
    found = [counts.get((flow_id, node, name), Count(calls=0)) for name in exits]
    return Count(calls=sum(one.calls for one in found), dropped=sum(one.dropped for one in found))


def _words(kind: d.Kind) -> str:
    match kind:
        case d.Say():
            return ", ".join(kind.prompts)
        case d.Gather() | d.HangUp():
            return kind.prompt
        case d.Route() | d.Callback():
            return kind.queue
        case d.Lookup() | d.HoursCheck() | d.Count():
            return kind.name
        case d.VerifyIdentity():
            return ", ".join(mode.name for mode in kind.modes)
        case d.Subflow():
            return kind.id
        case d.Return():
            return kind.exit
        case d.Set():
            return ", ".join(kind.assign)
    return ""
