"""`subflow` and `return`: a flow inside a flow, with its own variables and counters."""

from collections.abc import Mapping

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import Expression, Return, Subflow
from ivr.flow_engine.session import Frame, Value
from ivr.flow_engine.turn.faults import FlowFault
from ivr.flow_engine.turn.moves import Go, Move, by_exit
from ivr.flow_engine.turn.turn import Turn, note


def enter(turn: Turn, node: Subflow) -> Move:
    body = turn.flow.subflows.get(node.id)
    if body is None:
        raise FlowFault("subflow_missing")
    inner = Frame(flow=body.id, node="", inputs=_values(turn, node.inputs))
    return Go(exit="enter", target=body.start, stack=(*turn.session.stack, inner))


def leave(turn: Turn, node: Return) -> Move:
    """Outputs go to the caller's variables, then the caller's node is left by the exit."""
    written = _values(turn, node.outputs)
    declared = turn.body.outputs
    outer = turn.session.stack[:-1]
    if not outer:
        raise FlowFault("return_in_main")
    note(turn, exit_name=node.exit)
    caller = outer[-1]
    body = turn.flow.main if caller.flow == turn.flow.main.id else turn.flow.subflows[caller.flow]
    entry = body.nodes[caller.node].kind
    if not isinstance(entry, Subflow):
        raise FlowFault("return_without_call")
    turn.update(stack=outer)
    stored = dict(caller.answers)
    for variable, output in entry.store.items():
        value = written.get(output, declared[output].default)
        if value is not None:
            stored[variable] = value
    turn.update_frame(answers=stored)
    return by_exit(entry.outcomes, node.exit)


def fail(turn: Turn) -> Go | None:
    """The way out of a sub-flow that broke: the `error` exit of the node that called it. None in
    the main flow, and where that exit leads to a person as it does when nobody writes it."""
    outer = turn.session.stack[:-1]
    if not outer:
        return None
    caller = outer[-1]
    body = turn.flow.main if caller.flow == turn.flow.main.id else turn.flow.subflows[caller.flow]
    entry = body.nodes[caller.node].kind
    target = entry.outcomes.get("error", "") if isinstance(entry, Subflow) else ""
    if target in ("", turn.flow.main.human):
        return None
    turn.update(stack=outer)
    return Go(exit="error", target=target)


def _values(turn: Turn, sources: Mapping[str, Expression]) -> dict[str, Value]:
    scope = turn.scope()
    return {name: expressions.evaluate(source, scope) for name, source in sources.items()}
