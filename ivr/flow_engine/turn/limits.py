"""What a broken flow may use before it is stopped."""

import json
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn.faults import FlowFault

NODES_PER_TURN: Final = 50
ERRAND_ROUNDS_PER_TURN: Final = 8
SAME_NODE_IN_A_ROW: Final = 10
SESSION_BYTES: Final = 64 * 1024
SUBFLOW_DEPTH: Final = 5
OF_THE_CALL: Final = frozenset({"max_steps", "max_duration", "session_size"})
"""Used up by the call as a whole: no exit of a sub-flow gives anything back."""


def check_nodes(flow: Flow, session: Session) -> None:
    """Called after a node is counted. A fault leaves as much again for the way to a person."""
    if session.turn.nodes > NODES_PER_TURN:
        raise FlowFault("turn_nodes")
    if session.steps > flow.limits.max_steps * (session.faults + 1):
        raise FlowFault("max_steps")
    if session.same_node >= SAME_NODE_IN_A_ROW:
        raise FlowFault("same_node")
    if len(session.stack) > SUBFLOW_DEPTH + 1:
        raise FlowFault("subflow_depth")
    check_duration(flow, session)


def check_duration(flow: Flow, session: Session) -> None:
    if session.ivr_ms > flow.limits.max_duration * 1000 * (session.faults + 1):
        raise FlowFault("max_duration")


def check_rounds(session: Session) -> None:
    if session.turn.rounds > ERRAND_ROUNDS_PER_TURN:
        raise FlowFault("errand_rounds")


def check_size(session: Session) -> None:
    saved = json.dumps(session.to_json(), ensure_ascii=False, separators=(",", ":"))
    if len(saved.encode()) > SESSION_BYTES:
        raise FlowFault("session_size")
