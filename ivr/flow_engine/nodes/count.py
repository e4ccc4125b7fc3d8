"""`count`: adds one to `tries.<name>`; exact, never "at least"."""

from ivr.flow_engine.definition import Count
from ivr.flow_engine.turn.moves import Move, by_exit
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: Count) -> Move:
    tries = turn.frame.tries.get(node.name, 0) + 1
    turn.update_frame(tries={**turn.frame.tries, node.name: tries})
    return by_exit(node.outcomes, "again" if tries <= node.max else "exhausted")
