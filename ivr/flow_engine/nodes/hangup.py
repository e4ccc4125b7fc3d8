"""`hangup`: the flow's own end, with a last prompt or without."""

from ivr.flow_engine.definition import HangUp
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.speaking import say, speech
from ivr.flow_engine.turn.turn import Turn, note
from ivr.flow_engine.voice_actions import HangUp as HangUpAction


def enter(turn: Turn, node: HangUp) -> Move:
    if node.prompt:
        say(turn, *speech(turn, node.prompt))
    note(turn, exit_name="hangup")
    turn.close(HangUpAction(), "ended")
    return Rest.STAY
