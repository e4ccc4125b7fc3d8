"""What is asked of the host. Each errand carries the key `<call>:<n>:<index>`.

Doing an errand twice with the same key gives the same result. The host answers with the event
that carries the key (see `events`).
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from ivr.flow_engine.events import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPairing:
    """Open (or reopen by another way) the check of this call. Answer: `PairingOpened`.

    `claim_within` and `whole_check` are seconds. `expect` is the contract the proven person
    must hold, empty when nothing is expected. `purpose` is a name of the site file. `beside`: an
    earlier mode of this check may still be claimed; the same pairing is led to by one more way.
    `language` is the caller's, for what is sent in writing; "" for the first of the flow.
    """

    key: str
    mode: str
    identity: str
    binding: str
    purpose: str
    action: str
    expect: str
    claim_within: int
    whole_check: int
    beside: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemTicket:
    """The caller's tones brought what the app was given: a dial ticket or a keyed code.

    Answer: `PairingOpened` while it is pending, a verdict when it is over, or `ErrandFailed` with
    reason `no_ticket` for digits that lead to nothing (unknown, expired, incomplete).
    """

    key: str
    mode: str
    digits: str = field(repr=False)
    identity: str
    binding: str
    purpose: str
    action: str
    expect: str
    whole_check: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendPairing:
    """Give the open check `seconds` more, once. Answer: `ErrandDone`."""

    key: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePairing:
    """End the open check with a cancelled or failed hint. Answer: `ErrandDone`."""

    key: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Answer: `LookupAnswered`, within `timeout` seconds, else outcome `error`."""

    key: str
    name: str
    args: dict[str, Scalar] = field(repr=False)
    timeout: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCallback:
    """We ring `to` back, not before `due_at` (RFC 3339). Answer: `CallbackAnswered`.

    A complete result is kept for that call at most `keep_result` seconds.
    """

    key: str
    queue: str
    to: str = field(repr=False)
    keep_result: int
    due_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOperator:
    """Make the call known to the queue and its screens before the transfer. Answer: `ErrandDone`.

    `reason` is the last hint; `attributes` names what more the screen may show.
    """

    key: str
    queue: str
    priority: int
    max_wait: int
    token: str
    reason: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawScreen:
    """The call left the queue or ended. Answer: `ErrandDone`.

    `token` is the transfer that is over: done again, it never takes away a later one's screen.
    Empty when none is running, for whatever screen the call has left.
    """

    key: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAgain:
    """Redirect the live call to its current document. Done after the save; no answer awaited."""

    key: str


Errand: TypeAlias = (
    OpenPairing
    | RedeemTicket
    | ExtendPairing
    | ClosePairing
    | LookUp
    | RegisterCallback
    | ShowOperator
    | WithdrawScreen
    | FetchAgain
)
