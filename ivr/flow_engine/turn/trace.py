"""What a step leaves behind for logs and replay: nodes, exits, kinds of input; no secret."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEntry:
    """One node left, one input taken, or one fault.

    `exit` is empty while the call stays at the node. `input` is the kind of the event that moved
    it, in snake case. `keys` holds what was pressed only when the node is neither sensitive nor a
    check. `milliseconds` ran since the last step. `fault` is a stable code.
    """

    flow: str
    node: str
    exit: str = ""
    input: str = ""
    keys: str = ""
    milliseconds: int = 0
    fault: str = ""
