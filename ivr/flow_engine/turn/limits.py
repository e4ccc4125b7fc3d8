"""What a broken flow may use before it is stopped."""

import json
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn.faults import FlowFault
from ivr.flow_engine.voice_actions import Spoken

NODES_PER_TURN: Final = 50
ERRAND_ROUNDS_PER_TURN: Final = 8
SAME_NODE_IN_A_ROW: Final = 10
SESSION_BYTES: Final = 64 * 1024
SUBFLOW_DEPTH: Final = 5
OF_THE_CALL: Final = frozenset({"max_steps", "max_duration", "session_size"})
"""Used up by the call as a whole: no exit of a sub-flow gives anything back."""
_BESIDE: Final = 8 * 1024  # what everything takes that no flow makes longer
_BYTES_A_CHARACTER: Final = 6  # as JSON writes the widest


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
    """Weighed exactly only when a rough look, on the heavy side, leaves room for doubt."""
    if at_most(session) <= SESSION_BYTES:
        return
    saved = json.dumps(session.to_json(), ensure_ascii=False, separators=(",", ":"))
    if len(saved.encode()) > SESSION_BYTES:
        raise FlowFault("session_size")


def at_most(session: Session) -> int:
    """Bytes that the session's JSON cannot exceed: what grows with a flow and its values, counted
    as if every character were of the widest."""
    length = len(session.contract.ref)
    for frame in session.stack:
        length += len(frame.flow) + len(frame.node)
        for values in (frame.answers, frame.inputs, frame.tries):
            length += len(str(values)) if values else 0
    for document in (session.document, session.pending):
        if document is not None:
            length += _length(document.spoken) + _length(getattr(document.closing, "spoken", ()))
            length += sum(len(hint) + 8 for hint in getattr(document.closing, "hints", ()))
    return _BESIDE + _BYTES_A_CHARACTER * (length + _length(session.turn.spoken))


def _length(spoken: tuple[Spoken, ...]) -> int:
    """With what each part has beside its words: its kind, a language, a voice or a file's name."""
    said = 0
    for part in spoken:
        said += 64
        for field in ("text", "caption", "audio", "voice", "language"):
            said += len(getattr(part, field, ""))
    return said
