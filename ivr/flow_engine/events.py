"""What happened: the events a host feeds to `engine.step`, as plain values.

All are frozen. Keys of errand answers are the errand's own key, `<call>:<n>:<index>`.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What a pairing reached, in the words of `outcomes`. `call_state` is the handset's report."""

    identity: str = "id_none"
    binding: str = "bind_none"
    mode: str = ""
    call_state: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Opaque contract reference and how many the proven person holds (0, 1, many)."""

    count: int = 0
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived:
    """First event of a session. `number` is E.164 or empty when withheld or not believable."""

    call: str
    number: str
    number_kind: str
    dialled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsPressed:
    """Keys of one gather or hold document, without the finish key. Never empty."""

    keys: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechHeard:
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The document ended without input: a gather without keys, a hold turn, an errand's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The carrier came back after our redirect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAskedCheck:
    identity: str
    binding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingOpened:
    """Answer to `OpenPairing` and `RedeemTicket`. `hint` says where the pairing stands.

    `code` is what the caller hears (8 or 10 digits), empty where the way speaks none.
    """

    key: str
    code: str = field(default="", repr=False)
    item: str = field(default="", repr=False)
    hint: str = "awaiting_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingProgressed:
    """A pending hint; `item` is the match item to speak now, when there is one.

    `key`, here and in the three verdicts, is that of an `OpenPairing` of this pairing; empty when
    the host vouches that the news is about the pairing now open. With a key, late news of an
    earlier pairing is not accepted.
    """

    hint: str
    item: str = field(default="", repr=False)
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProven:
    """A complete exit with the levels reached; evidence is durable before this is sent.

    `proven_at` is RFC 3339 in UTC: the age of the result counts from it.
    """

    exit: str
    levels: Levels
    contract: Contract
    proven_at: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRefused:
    """A failed exit. Levels tell what was reached nevertheless (`level_not_reached`)."""

    hint: str
    levels: Levels = field(default_factory=Levels)
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCancelled:
    hint: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRepudiated:
    """The holder said "that wasn't me" after a verdict. Accepted in every wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAnswered:
    """`outcome` is found, none, multiple or error; `fields` only with found."""

    key: str
    outcome: str
    fields: dict[str, Scalar] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswered:
    """`outcome` is accepted, unavailable or error."""

    key: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandDone:
    """Answer to an errand that has nothing to tell (ShowOperator, ClosePairing, ...)."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandFailed:
    """The host could not do the errand. `reason` is a stable code, `""` when unknown.

    For `OpenPairing` and `RedeemTicket` a reason that is an exit of `verify_identity` (an alarm
    that is still standing, say) is taken as that exit; `mode_unavailable`, `message_not_sent` and
    `no_ticket` let the check go on to its next mode.
    """

    key: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMoved:
    """Position from 1, size, and the estimated wait in whole seconds."""

    position: int
    size: int
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEnded:
    """`outcome` is connected (talk over), abandoned, full, timeout, error or left."""

    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkBegan:
    """The queued caller was joined to an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    pass


Event: TypeAlias = (
    CallArrived
    | DigitsPressed
    | SpeechHeard
    | TimedOut
    | Resumed
    | OperatorAskedCheck
    | PairingOpened
    | PairingProgressed
    | IdentityProven
    | IdentityRefused
    | IdentityCancelled
    | IdentityRepudiated
    | LookupAnswered
    | CallbackAnswered
    | ErrandDone
    | ErrandFailed
    | QueueMoved
    | TransferEnded
    | TalkBegan
    | CallEnded
)
