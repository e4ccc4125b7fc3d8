"""`callback`: the business rings back. Only +81 mobile and landline numbers are taken."""

from datetime import datetime

from ivr.flow_engine import expressions, opening_hours
from ivr.flow_engine.definition import Callback
from ivr.flow_engine.errands import RegisterCallback
from ivr.flow_engine.events import CallbackAnswered, ErrandFailed, Event
from ivr.flow_engine.readings.number_kinds import rung_back_as
from ivr.flow_engine.turn.moves import Move, Rest, by_exit
from ivr.flow_engine.turn.turn import Turn, stamp


def enter(turn: Turn, node: Callback) -> Move:
    wanted = turn.session.number
    if node.to is not None:
        wanted = str(expressions.evaluate(node.to, turn.scope()))
    to = rung_back_as(wanted)
    if not to:
        return by_exit(node.outcomes, "unavailable")
    due = _due(turn, node)
    if due is None:
        return by_exit(node.outcomes, "unavailable")
    turn.ask(
        lambda key: RegisterCallback(
            key=key, queue=node.queue, to=to, keep_result=node.keep_result, due_at=stamp(due)
        )
    )
    return Rest.STAY


def _due(turn: Turn, node: Callback) -> datetime | None:
    """Now, or when the named hours open next; None when they do not within weeks."""
    if not node.hours:
        return turn.now
    return opening_hours.next_open(turn.flow.hours[node.hours], turn.flow.site, turn.now)


def resume(turn: Turn, node: Callback, event: Event) -> Move:
    if isinstance(event, CallbackAnswered):
        return by_exit(node.outcomes, event.outcome)
    if isinstance(event, ErrandFailed):
        return by_exit(node.outcomes, "error")
    return Rest.NOT_ACCEPTED
