"""`say`: prompts that cannot be interrupted."""

from ivr.flow_engine.definition import Say
from ivr.flow_engine.turn.moves import Go, Move
from ivr.flow_engine.turn.speaking import say, speech
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: Say) -> Move:
    for prompt in node.prompts:
        say(turn, *speech(turn, prompt))
    return Go(exit="next", target=node.next)
