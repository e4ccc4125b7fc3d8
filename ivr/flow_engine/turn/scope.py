"""What expressions and prompts may read: the name catalogue of the flow language, filled.

An unset lookup is an empty map; another unset variable without a default is left out, so that
`has` tells it from one that is empty. `level` is added by the evaluation.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import Count, Expression, FlowBody, Variable
from ivr.flow_engine.outcomes import WEEKDAYS
from ivr.flow_engine.session import Session, Value
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.faults import FlowFault

# Without a name or a rule: the CEL engine takes fixed offsets only, and Japan keeps one.
_TOKYO: Final = timezone(timedelta(hours=9))


def of(body: FlowBody, session: Session, now: datetime) -> dict[str, object]:
    """Name -> value, nested as the dots go: what expressions and placeholders may read now."""
    frame = session.stack[-1]
    local = now.astimezone(_TOKYO)
    return {
        "now": local,
        "today": local.date().isoformat(),
        "weekday": WEEKDAYS[local.weekday()],
        "call": {
            "number": session.number,
            "number_kind": session.number_kind,
            "dialled": session.dialled,
            "language": session.language,
            "pace": session.pace,
        },
        "identity": _identity(session, now),
        "binding": {
            "level": session.binding.level,
            "mode": session.binding.mode,
            "call_state": session.binding.call_state,
            "rank": standing.binding_rank(session.binding.level),
        },
        "contract": {"count": session.contract.count, "ref": session.contract.ref},
        "pairing": _pairing(session),
        "answers": _known(body.variables, frame.answers),
        "inputs": _known(body.inputs, frame.inputs),
        "tries": {**_counters(body), **frame.tries},
    }


def truth(expression: Expression, names: Mapping[str, object]) -> bool:
    """Raises ExpressionError; a value that is not a truth value is a fault."""
    value = expressions.evaluate(expression, names)
    if not isinstance(value, bool):
        raise FlowFault("not_a_truth_value")
    return value


def _identity(session: Session, now: datetime) -> dict[str, object]:
    identity = session.identity
    return {
        "status": identity.status,
        "hint": identity.hint,
        "level": identity.level,
        "risk": "alarm" if identity.alarm or identity.repudiated else "none",
        "rank": standing.identity_rank(identity.level),
        "verified": standing.verified(identity, now),
        "age": timedelta(seconds=standing.age(identity, now)),
    }


def _pairing(session: Session) -> dict[str, str]:
    check = session.check
    return {"code": check.code, "spoken_item": check.item} if check else {}


def _counters(body: FlowBody) -> dict[str, int]:
    kinds = [node.kind for node in body.nodes.values()]
    return {kind.name: 0 for kind in kinds if isinstance(kind, Count)}


def _known(declared: Mapping[str, Variable], values: Mapping[str, Value]) -> dict[str, Value]:
    known: dict[str, Value] = {}
    for name, variable in declared.items():
        if name in values:
            known[name] = values[name]
        elif variable.default is not None:
            known[name] = variable.default
        elif variable.type.startswith("lookup."):
            known[name] = {}
    return known
