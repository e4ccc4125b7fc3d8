"""What each side may see of a pairing. The verbs answer with these."""

from dataclasses import dataclass, field
from datetime import datetime

from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import (
    CallState,
    ContractRef,
    Direction,
    Mode,
    PairingId,
    PersonId,
    Requirement,
    Verdict,
)
from identity.pairing.outcomes import Hint, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingView:
    """For the phone side and the operator: the newest pairing of a call.

    `code` (8 or 10 digits) is there while it can be claimed, `item` (two digits) while the app
    waits for the choice; both are "" otherwise. `hint` is `repudiated` after a repudiation. `alarm`
    is an alarm of any earlier pairing of this call that still stands (red stays).
    """

    pairing: PairingId
    mode: Mode
    require: Requirement
    status: Status
    hint: Hint
    code: str = field(repr=False)
    item: str = field(repr=False)
    claim_by: datetime
    expires_at: datetime
    extended: bool
    identity: IdentityLevel
    binding: BindingLevel
    badge: Badge
    call_state: CallState
    alarm: Hint | None = None
    person: PersonId | None = None
    contracts: tuple[ContractRef, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One round: three two-digit numbers in rising order. Which is right is never told."""

    round: int
    offered: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """For the app that claimed it. `choice` while it is asked, `statement` once it may be signed.

    `statement` is the canonical JSON, byte for byte what the card signs the hash of. `interval` is
    the number of seconds between polls.
    """

    pairing: PairingId
    status: Status
    hint: Hint
    expires_at: datetime
    interval: int
    choice: Choice | None = None
    statement: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """The answer to a claim: whose call this is, so that the user can recognise it.

    `line_last4` is "" when the number is withheld (非通知). `dialled` is E.164.
    """

    view: AppView
    business: str
    logo: str
    published_number: str
    shown_number: str
    dialled: str
    line_last4: str
    call_started_at: datetime
    direction: Direction
    purpose: str
    require: IdentityLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One verdict this installation proved, or that another one did for the same person.

    Entries of other installations (`own` False) show business and time only.
    `repudiable_until` is None when it cannot be repudiated (any more, or not from here).
    """

    pairing: PairingId
    business: str
    at: datetime
    own: bool
    purpose: str
    hint: Hint
    repudiable_until: datetime | None
