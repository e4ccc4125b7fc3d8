"""The site's fallback queue without a node: where a call goes whose flow broke twice."""

from dataclasses import replace

from ivr.flow_engine.events import ErrandDone, ErrandFailed, Event, TalkBegan, TransferEnded
from ivr.flow_engine.nodes import route
from ivr.flow_engine.outcomes import TALK_OVER
from ivr.flow_engine.session import Frame
from ivr.flow_engine.turn.faults import (
    LAST_RESORT_ROUNDS,
    LAST_RESORT_WAIT,
    apology,
    last_words,
)
from ivr.flow_engine.turn.moves import Move, Rest
from ivr.flow_engine.turn.speaking import say
from ivr.flow_engine.turn.turn import Turn
from ivr.flow_engine.voice_actions import HangUp


def enter(turn: Turn, rounds: int = 0) -> Move:
    """Starts from a blank stack: what filled the session or broke it is left behind."""
    blank = Frame(flow=turn.flow.main.id, node="")
    turn.update(stack=(blank,), check=None, pending=None)
    say(turn, apology(turn.flow, turn.session.language))
    queue = turn.flow.site.fallback_queue
    route.show(turn, queue, priority=0, max_wait=LAST_RESORT_WAIT, attributes={})
    transfer = turn.session.transfer
    assert transfer is not None
    turn.update(transfer=replace(transfer, last_resort=True, rounds=rounds))
    return Rest.STAY


def resume(turn: Turn, event: Event) -> Move:
    """A screen that cannot be shown does not keep the caller from a person."""
    transfer = turn.session.transfer
    assert transfer is not None
    if isinstance(event, ErrandDone | ErrandFailed):
        route.enqueue(turn, LAST_RESORT_WAIT)
        return Rest.STAY
    if isinstance(event, TalkBegan):
        turn.update(wait="talk")
        return Rest.STAY
    if isinstance(event, TransferEnded):
        route.leave_queue(turn, event.outcome)
        if event.outcome not in TALK_OVER and transfer.rounds < LAST_RESORT_ROUNDS:
            return enter(turn, transfer.rounds + 1)
        if event.outcome not in TALK_OVER:
            say(turn, last_words(turn.flow, turn.session.language))
        turn.close(HangUp(), "ended")
        return Rest.STAY
    return Rest.NOT_ACCEPTED
