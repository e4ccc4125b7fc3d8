"""What a node answers when it is entered or resumed."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from ivr.flow_engine.definition import Outcomes, Target
from ivr.flow_engine.outcomes import OTHER
from ivr.flow_engine.session import Frame
from ivr.flow_engine.turn.faults import FlowFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """Leave by `exit` to `target`; `stack` replaces the stack first (sub-flows, jumps).

    An empty target is the main flow's `human`.
    """

    exit: str
    target: Target
    stack: tuple[Frame, ...] | None = None


class Rest(Enum):
    STAY = "stay"  # the node waits: a document is pending, an errand is asked, or only state moved
    NOT_ACCEPTED = "not_accepted"


Move: TypeAlias = Go | Rest


def by_exit(outcomes: Outcomes, exit_name: str) -> Go:
    """Follow a written exit, else `other`; a node without either is broken."""
    target = outcomes.get(exit_name) or outcomes.get(OTHER)
    if target is None:
        raise FlowFault("exit_missing")
    return Go(exit=exit_name, target=target)


def jump(stack: tuple[Frame, ...], exit_name: str, target: Target) -> Go:
    """Leave every sub-flow for a node of the main flow."""
    return Go(exit=exit_name, target=target, stack=stack[:1])
