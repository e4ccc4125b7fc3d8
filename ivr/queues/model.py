"""Who waits, who is free, who is offered; who is to be rung back.

Tenant and call_ref are opaque text here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final


class Presence(Enum):
    """An operator's state. OFFERED is not one: an offer is a fact beside AVAILABLE."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    PAUSED = "paused"
    """Missed an offer; out of rotation until they say so."""


BUSY: Final = frozenset({Presence.ON_CALL, Presence.WRAP_UP})
"""In these a wish for afterwards stands; any other state ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`idle_since` decides who is offered next. `phone` (E.164) is what *answer* rings.

    `after_call` is the state they chose for when call and wrap-up are over, None for the usual one.
    """

    tenant: str
    id: str
    name: str
    phone: str = field(repr=False)
    queues: tuple[str, ...]
    presence: Presence
    idle_since: datetime
    presence_since: datetime
    after_call: Presence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An operator becomes `presence` at `at`, provided that nothing has become of them since they
    were read as `known`. A wish for afterwards ends unless the state is one of `BUSY`."""

    known: Operator
    presence: Presence
    at: datetime


class WaitingState(Enum):
    WAITING = "waiting"
    RINGING = "ringing"
    """An operator said *answer*; their phone rings."""
    TALKING = "talking"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One call in a queue. `token` is all the carrier knows; `attributes` what a screen may show.

    `refused_by` are operators who passed this call on. `offered_until` ends an offer, or a ringing
    (`operator_leg` is the carrier's id of the leg that rings or talks). `placed`: a talk of a call
    that we placed, which never waited. `aside_until` ends a pause in the talk in which the machine
    speaks to the caller. `version` counts changes.
    """

    tenant: str
    token: str
    call_ref: str
    queue: str
    priority: int
    since: datetime
    max_wait: int
    reason: str
    attributes: Mapping[str, str]
    dialled: str
    state: WaitingState = WaitingState.WAITING
    offered_to: str = ""
    offered_until: datetime | None = None
    refused_by: tuple[str, ...] = ()
    operator_leg: str = field(default="", repr=False)
    placed: bool = False
    aside_until: datetime | None = None
    version: int = 1


class CallbackState(Enum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    """One operator has taken it and prepares."""
    RINGING = "ringing"
    """That operator's phone rings."""
    CALLING = "calling"
    """The operator has answered; the customer's phone rings."""
    TALKING = "talking"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """A later call that asked for the same: what it proved may be shown too, as long as it says."""

    call_ref: str
    keep_result: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Somebody who asked to be rung at `number` (E.164). `call_ref` is the call that asked first,
    `again` those that asked for the same later, in order.

    Nobody rings before `due_at`. A complete result of that call may be shown for `keep_result`
    seconds after it was made. `until` ends a claim, a ringing or a talk that nobody tells the end
    of. `presence_before` is what `claimed_by` returns to after the call, `leg` the carrier's id of
    that operator's leg.
    `last_outcome`: no_answer, busy, failed, reached, closed, or "" before the first try.
    """

    tenant: str
    id: str
    call_ref: str
    queue: str
    number: str = field(repr=False)
    dialled: str
    since: datetime
    due_at: datetime
    keep_result: int
    state: CallbackState = CallbackState.WAITING
    claimed_by: str = ""
    until: datetime | None = None
    presence_before: Presence = Presence.AVAILABLE
    leg: str = field(default="", repr=False)
    tries: int = 0
    last_outcome: str = ""
    last_tried_at: datetime | None = None
    again: tuple[AskedAgain, ...] = ()
    version: int = 1
