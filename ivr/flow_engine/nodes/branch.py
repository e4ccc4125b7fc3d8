"""`branch`: the first true arm wins."""

from ivr.flow_engine.definition import Branch
from ivr.flow_engine.turn.moves import Go, Move
from ivr.flow_engine.turn.scope import truth
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: Branch) -> Move:
    for position, (when, target) in enumerate(node.arms, start=1):
        if truth(when, turn.scope()):
            return Go(exit=f"when {position}", target=target)
    return Go(exit="else", target=node.otherwise)
