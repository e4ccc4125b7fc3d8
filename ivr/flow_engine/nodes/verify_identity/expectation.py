"""Whose contract a check is to find, from what the flow has learned of the caller."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ivr.flow_engine import expressions
from ivr.flow_engine.definition import FlowBody, VerifyIdentity
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn import scope


def expected(node: VerifyIdentity, names: Mapping[str, object]) -> str:
    """The contract the proven person must hold; "" when the flow learned of none."""
    if node.expect is None:
        return ""
    try:
        return str(expressions.evaluate(node.expect, names))
    except expressions.Unset:
        return ""


def expected_of(node: VerifyIdentity, body: FlowBody, session: Session, now: datetime) -> str:
    """The same wherever the call is by now: for a check that runs beside the flow. Never raises.

    `body` is the flow in which `node` stands; one that the call is not in has learned of nobody.
    """
    depth = max((n for n, one in enumerate(session.stack) if one.flow == body.id), default=None)
    if depth is None:
        return ""
    there = replace(session, stack=session.stack[: depth + 1])
    try:
        return expected(node, scope.of(body, there, now))
    except expressions.ExpressionError:
        return ""
