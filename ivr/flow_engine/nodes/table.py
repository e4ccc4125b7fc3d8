"""One table: node kind -> what happens on entry and what an event does while the call is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ivr.flow_engine import definition
from ivr.flow_engine.events import Event
from ivr.flow_engine.nodes import (
    branch,
    callback,
    count,
    gather,
    goto,
    hangup,
    hours,
    lookup,
    route,
    say,
    set_variables,
    subflow,
)
from ivr.flow_engine.nodes.verify_identity import check
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.turn import Turn


def _no_wait(turn: Turn, node: Any, event: Event) -> Move:
    return Rest.NOT_ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`enter` and `resume` get the node's own kind; the table pairs them."""

    enter: Callable[[Turn, Any], Move]
    resume: Callable[[Turn, Any, Event], Move] = _no_wait


BEHAVIOURS: Final[Mapping[type, Behaviour]] = {
    definition.Say: Behaviour(enter=say.enter),
    definition.Gather: Behaviour(enter=gather.enter, resume=gather.resume),
    definition.Branch: Behaviour(enter=branch.enter),
    definition.HoursCheck: Behaviour(enter=hours.enter),
    definition.Count: Behaviour(enter=count.enter),
    definition.Set: Behaviour(enter=set_variables.enter),
    definition.Lookup: Behaviour(enter=lookup.enter, resume=lookup.resume),
    definition.VerifyIdentity: Behaviour(enter=check.enter, resume=check.resume),
    definition.Route: Behaviour(enter=route.enter, resume=route.resume),
    definition.Callback: Behaviour(enter=callback.enter, resume=callback.resume),
    definition.Subflow: Behaviour(enter=subflow.enter),
    definition.Return: Behaviour(enter=subflow.leave),
    definition.Goto: Behaviour(enter=goto.enter),
    definition.HangUp: Behaviour(enter=hangup.enter),
}
