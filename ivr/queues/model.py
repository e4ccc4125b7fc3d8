"""Who waits, who is free, who is offered. Tenant and call_ref are opaque text here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Presence(Enum):
    """An operator's state. OFFERED is not one: an offer is a fact beside AVAILABLE."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    PAUSED = "paused"
    """Missed an offer; out of rotation until they say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`idle_since` decides who is offered next. `phone` (E.164) is what *answer* rings."""

    tenant: str
    id: str
    name: str
    phone: str = field(repr=False)
    queues: tuple[str, ...]
    presence: Presence
    idle_since: datetime
    presence_since: datetime


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
    (`operator_leg` is the carrier's id of the leg that rings or talks). `version` counts changes.
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
    version: int = 1
