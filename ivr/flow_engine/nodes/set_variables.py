"""`set`: variables, and language and pace for the rest of the call."""

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import Set
from ivr.flow_engine.turn.faults import FlowFault
from ivr.flow_engine.turn.moves import Go, Move
from ivr.flow_engine.turn.turn import Turn

PACES = ("normal", "slow")


def enter(turn: Turn, node: Set) -> Move:
    """Assignments run in their written order; a later one sees the earlier ones."""
    for name, expression in node.assign.items():
        value = expressions.evaluate(expression, turn.scope())
        turn.update_frame(answers={**turn.frame.answers, name: value})
    if node.language is not None:
        language = expressions.evaluate(node.language, turn.scope())
        if language not in turn.flow.languages:
            raise FlowFault("language_unknown")
        turn.update(language=language)
    if node.pace is not None:
        pace = expressions.evaluate(node.pace, turn.scope())
        if pace not in PACES:
            raise FlowFault("pace_unknown")
        turn.update(pace=pace)
    return Go(exit="next", target=node.next)
