"""The session of one call: plain values, saved and reloaded as JSON at every wait.

It holds spoken codes, keyed digits and drawn texts, so the host keeps it encrypted at rest.
`repr` shows none of them. Times are RFC 3339 texts in UTC.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Final, Literal, TypeAlias, cast

from ivr.flow_engine import voice_actions
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.voice_actions import Document, Spoken

Wait: TypeAlias = Literal["arrival", "input", "identity", "errand", "queue", "talk", "ended"]
Value: TypeAlias = Scalar | Mapping[str, Scalar]

SCHEMA: Final = "ivr-session/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One flow on the stack: the main flow at the bottom, the running sub-flow on top.

    `answers` holds only what is set (a lookup variable as its fields); `attempts` counts failed
    inputs of the gather at `node`.
    """

    flow: str
    node: str
    answers: Mapping[str, Value] = field(default_factory=dict, repr=False)
    inputs: Mapping[str, Value] = field(default_factory=dict, repr=False)
    tries: Mapping[str, int] = field(default_factory=dict)
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityState:
    """What is known about who calls. `status` is none, pending, complete, failed, cancelled.

    `alarm` is an alarm exit that still stands; no pairing opens until an operator asks for one.
    """

    status: str = "none"
    hint: str = ""
    level: str = "id_none"
    proven_at: str = ""
    repudiated: bool = False
    alarm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingState:
    level: str = "bind_none"
    mode: str = ""
    call_state: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractState:
    count: int = 0
    ref: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A running `verify_identity`: which pair it aims at, which mode, what the app last told.

    `keys` are the keys of the errands that opened what is open; none while the call only listens
    for digits. `tries` counts digits that led to nothing. `then` says what follows
    the answer to `ClosePairing`: an exit, a node of the main flow, or another way.
    """

    stage: Literal["base", "step_up"] = "base"
    phase: Literal["listening", "redeeming", "opening", "holding", "extending", "closing"] = (
        "opening"
    )
    mode: int = 0
    keys: tuple[str, ...] = ()
    began_at: str = ""
    mode_began_at: str = ""
    extended: bool = False
    claimed: bool = False
    tries: int = 0
    hint: str = ""
    code: str = field(default="", repr=False)
    item: str = field(default="", repr=False)
    then: Literal["", "exit", "jump", "other_way"] = ""
    then_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferState:
    """The queue the call is in. `last_resort` is the site's fallback queue after faults."""

    queue: str
    token: str
    since: str
    last_resort: bool = False
    rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnState:
    """What the running turn has gathered: speech not yet drawn and what its limits count."""

    spoken: tuple[Spoken, ...] = field(default=(), repr=False)
    nodes: int = 0
    rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything a call needs to go on.

    `document` is the one on the line (drawn for step number `n`), `pending` the one that waits to
    be drawn. `awaiting` is the key of the errand whose answer is awaited while `wait` is errand.
    `message_sent`: the one text message of the call was sent, or could not be. `index` numbers
    errands within `n`. `ivr_ms` is the time spent outside queue and talk.
    """

    call: str
    flow_version: str
    language: str
    pace: str = "normal"
    n: int = 0
    index: int = 0
    wait: Wait = "arrival"
    awaiting: str = ""
    number: str = field(default="", repr=False)
    number_kind: str = "withheld"
    dialled: str = ""
    stack: tuple[Frame, ...] = ()
    identity: IdentityState = IdentityState()
    binding: BindingState = BindingState()
    contract: ContractState = ContractState()
    check: Check | None = None
    transfer: TransferState | None = None
    screen: bool = False
    message_sent: bool = False
    document: Document | None = field(default=None, repr=False)
    pending: Document | None = field(default=None, repr=False)
    turn: TurnState = TurnState()
    last_at: str = ""
    asked_at: str = ""
    ivr_ms: int = 0
    steps: int = 0
    same_node: int = 0
    faults: int = 0

    @property
    def answers(self) -> Mapping[str, Value]:
        """Variables of the main flow that are set."""
        return self.stack[0].answers

    @property
    def node(self) -> str:
        """The node the call is at, as `<flow>/<node>`."""
        return f"{self.stack[-1].flow}/{self.stack[-1].node}" if self.stack else ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready form; `from_json` gives an equal session back, from a fuller form too."""
        return {"schema": SCHEMA, **_plain(self)}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Session":
        """Raises ValueError for another schema, KeyError or TypeError for a damaged form."""
        if saved.get("schema") != SCHEMA:
            raise ValueError(f"not a session of {SCHEMA}")
        values = {name: value for name, value in saved.items() if name != "schema"}
        return cast(Session, _value(values))


_TAG: Final = "$"  # not a legal variable or field name, so it cannot collide with answers
_KINDS: Final[dict[str, type]] = {
    kind.__name__: kind
    for kind in (
        Session,
        Frame,
        IdentityState,
        BindingState,
        ContractState,
        Check,
        TransferState,
        TurnState,
        Document,
        voice_actions.Say,
        voice_actions.Play,
        voice_actions.Pause,
        voice_actions.Gather,
        voice_actions.Hold,
        voice_actions.Transfer,
        voice_actions.HangUp,
    )
}


_AS_THEY_ARE: Final = frozenset({str, int, float, bool, type(None)})
_REQUIRED: Final = object()


def _usual(part: Field[Any]) -> object:
    """What a field is when nothing is said of it."""
    made = part.default_factory() if part.default_factory is not MISSING else part.default
    return _REQUIRED if made is MISSING else made


_FIELDS: Final = {
    kind: tuple((part.name, _usual(part)) for part in fields(kind)) for kind in _KINDS.values()
}


def _plain(value: object) -> Any:
    """Looked up by kind, the most frequent first: every webhook writes a session. Fields that are
    as usual are left out."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in _FIELDS:
        parts = {_TAG: kind.__name__}
        for name, usual in _FIELDS[kind]:
            part = getattr(value, name)
            if part is not usual and part != usual:
                parts[name] = part if type(part) in _AS_THEY_ARE else _plain(part)
        return parts
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value


def _value(saved: object) -> Any:
    if type(saved) in _AS_THEY_ARE:
        return saved
    if isinstance(saved, Mapping):
        parts = {name: _value(part) for name, part in saved.items() if name != _TAG}
        return _KINDS[saved[_TAG]](**parts) if _TAG in saved else parts
    if isinstance(saved, list):
        return tuple(_value(part) for part in saved)
    return saved
