"""`hours`: open, closed or holiday, by the engine's `now`."""

from ivr.flow_engine import opening_hours
from ivr.flow_engine.definition import HoursCheck
from ivr.flow_engine.turn.moves import Move, by_exit
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: HoursCheck) -> Move:
    hours = turn.flow.hours[node.name]
    return by_exit(node.outcomes, opening_hours.state(hours, turn.flow.site, turn.now))
