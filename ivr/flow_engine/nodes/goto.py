"""`goto`: a second name for a node."""

from ivr.flow_engine.definition import Goto
from ivr.flow_engine.turn.moves import Go, Move
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: Goto) -> Move:
    return Go(exit="goto", target=node.target)
