"""`lookup`: one question to the business's own systems."""

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import Lookup
from ivr.flow_engine.errands import LookUp
from ivr.flow_engine.events import ErrandFailed, Event, LookupAnswered
from ivr.flow_engine.turn import guard
from ivr.flow_engine.turn.moves import Move, Rest, by_exit
from ivr.flow_engine.turn.turn import Turn


def enter(turn: Turn, node: Lookup) -> Move:
    guard.check_lookup(turn.flow, turn.session, node.name, turn.now)
    scope = turn.scope()
    args = {name: expressions.evaluate(source, scope) for name, source in node.args.items()}
    turn.ask(lambda key: LookUp(key=key, name=node.name, args=args, timeout=node.timeout))
    return Rest.STAY


def resume(turn: Turn, node: Lookup, event: Event) -> Move:
    if isinstance(event, LookupAnswered):
        if node.store:
            kept = dict(turn.frame.answers)
            kept[node.store] = dict(event.fields) if event.outcome == "found" else {}
            turn.update_frame(answers=kept)
        return by_exit(node.outcomes, event.outcome)
    if isinstance(event, ErrandFailed):
        return by_exit(node.outcomes, "error")
    return Rest.NOT_ACCEPTED
