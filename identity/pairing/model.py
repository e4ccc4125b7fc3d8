"""A pairing and what surrounds it, as values. Times are aware datetimes in UTC.

`call_ref` is HMAC-SHA-256(tenant key, carrier call id), first 128 bits, base64url: the only name
of a call that the identity side knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NewType

from identity.contract_holders.model import Target
from identity.jpki.profile import CardKind
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge
from identity.pairing.outcomes import Hint, Status
from identity.tenants.model import TenantId

PairingId = NewType("PairingId", str)
CallRef = NewType("CallRef", str)
InstallationId = NewType("InstallationId", str)
PersonId = NewType("PersonId", str)
ContractRef = NewType("ContractRef", str)
EvidenceId = NewType("EvidenceId", str)

REVOKED: Final = "revoked"
"""The one status of a revocation that ends what a verdict is good for."""
NO_CALL: Final = CallRef("")
"""What a pairing has in place of a call: one that is not there yet (`app_dial`, `keyed_code`), or
that never will be (`desk`)."""


class Mode(Enum):
    APP_DIAL = "app_dial"
    SMS_LINK = "sms_link"
    SPOKEN_CODE = "spoken_code"
    KEYED_CODE = "keyed_code"
    DESK = "desk"
    """No call at all: somebody of the business begins it, and the holder is at their desk."""

    @property
    def of_a_call(self) -> bool:
        return self is not Mode.DESK


class Direction(Enum):
    CALLER = "caller"
    BUSINESS = "business"


class CallState(Enum):
    """What the handset reports of its own telephony. It only ever lowers."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"
    IN_CALL = "in_call"
    NONE = "none"
    UNKNOWN = "unknown"


NOT_IN_A_CALL: Final = frozenset({CallState.NONE, CallState.UNKNOWN})
"""What a handset may report where a tap belongs to no call: nobody is talked through it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the phone side knows of the call; signed by the card where it is shown.

    `line` is the reported number in E.164, empty when withheld. It is kept sealed. Of a pairing
    that awaits its call only `dialled` is known (`call_ref` is `NO_CALL`).
    """

    call_ref: CallRef
    dialled: str
    line: str = field(repr=False)
    started_at: datetime
    direction: Direction = Direction.CALLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    identity: IdentityLevel
    binding: BindingLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRound:
    """Three two-digit numbers in rising order, one of them right. `number` counts from 1."""

    number: int
    offered: tuple[str, str, str] = field(repr=False)
    right: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """One way that leads to a pairing, as its hash. `mode` is the one that it stands for.

    `claim_by` is its last moment. `errand_key` is what asked for it.
    """

    mode: Mode
    hash: bytes = field(repr=False)
    claim_by: datetime
    errand_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What the app sends after the one tap: DER certificate and the card's raw signature."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    card_kind: CardKind = CardKind.CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """What an installation says of its own call. Durations before the report's arrival.

    `connected_ago` is None while it rings. `other_calls`: there was one before or beside it.
    """

    call_state: CallState
    begun_ago: timedelta
    connected_ago: timedelta | None
    other_calls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCall:
    """A call report by our clock. What lowers stays, whatever is reported after it."""

    call_state: CallState
    begun_at: datetime
    connected_at: datetime | None
    other_calls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """`status` is good, revoked, unknown or not_checked; `detail` the reason or why unknown."""

    status: str = "not_checked"
    detail: str = ""
    method: str = ""
    source_updated_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How it ended and against what that was checked. Kept with the pairing for good."""

    identity: IdentityLevel
    binding: BindingLevel
    badge: Badge
    knowledge: Knowledge
    revocation: Revocation
    policy: str
    at: datetime
    evidence_id: EvidenceId
    person: PersonId | None = None
    contracts: tuple[ContractRef, ...] = ()
    refusal: str = ""
    """The finer stable code behind a failed hint, empty for a complete one."""
    match_signed: bool | None = None
    """Whether the item that was chosen stands in what was signed; None when none was asked."""


class DeskKind(Enum):
    """What a check at a desk is for; also the type of the statement that the card signs."""

    BUSINESS = "business"
    """Who somebody is, and whether they hold the contract that they speak of."""
    ENROLMENT = "enrolment"
    """To tie the card's person to a contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentFound:
    """What came of an enrolment. `outcome` is a code of `contract_holders`; `compared` says for
    each attribute how contract and certificate agree, "" of nothing said. `waits`: two people of
    the business have yet to decide it."""

    outcome: str
    contract: str = field(default="", repr=False)
    compared: Mapping[str, str] = field(default_factory=dict, repr=False)
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCheck:
    """What a check at a desk is for. `begun_by` is the account's login, `enrolment` what came of
    one, once a good card was tapped."""

    kind: DeskKind
    begun_by: str
    target: Target = field(default_factory=Target)
    enrolment: EnrolmentFound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What the source said when it was asked again about the certificate behind a verdict.

    Kept where it is something new; `evidence_id` is the row of it. The verdict stays as it was.
    """

    revocation: Revocation
    evidence_id: EvidenceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One attempt to tie one proof to one call. `version` counts its stored changes from 1."""

    id: PairingId
    tenant: TenantId
    call: CallFacts
    mode: Mode
    require: Requirement
    purpose: str
    """The words shown in the app, at most 60 characters."""
    action: str
    expect: ContractRef | None
    errand_key: str
    """Opening twice with the same key gives the same pairing."""
    status: Status
    hint: Hint
    opened_at: datetime
    claim_by: datetime
    expires_at: datetime
    started_by_operator: bool = False
    extended: bool = False
    claimed_by: InstallationId | None = None
    call_state: CallState = CallState.UNKNOWN
    match: MatchRound | None = None
    statement: bytes | None = field(default=None, repr=False)
    locators: tuple[Locator, ...] = ()
    """What leads to it, in the order in which they were given."""
    step_by: datetime | None = None
    """When the present state's own time is over: the ticket's, the report's, the keyed code's."""
    arrived_at: datetime | None = None
    """When the call came that a ticket or keyed code was given for."""
    ticket_at: datetime | None = None
    report: ReportedCall | None = None
    tap: Tap | None = field(default=None, repr=False)
    """Kept sealed from the proof until the call has come; gone with the end."""
    ended_at: datetime | None = None
    repudiated_at: datetime | None = None
    verdict: Verdict | None = None
    desk: DeskCheck | None = None
    """There in the mode `desk`, and in no other."""
    recheck: Recheck | None = None
    """The newest one. One that says revoked is the last."""
    version: int = 1

    @property
    def call_ref(self) -> CallRef:
        return self.call.call_ref

    @property
    def enrols(self) -> bool:
        """Whether it is to tie the card's person to a contract."""
        return self.desk is not None and self.desk.kind is DeskKind.ENROLMENT

    @property
    def revoked_since(self) -> bool:
        """The certificate behind the verdict was good then, and has been revoked since."""
        return self.recheck is not None and self.recheck.revocation.status == REVOKED

    @property
    def newest_hint(self) -> Hint:
        """How it stands: its own hint, or what has become of its verdict afterwards."""
        if self.repudiated_at is not None:
            return Hint.REPUDIATED
        stood = self.status is Status.COMPLETE  # an alarm that ended it meanwhile says more
        return Hint.REVOKED_SINCE if stood and self.revoked_since else self.hint

    def locator(self, mode: Mode) -> Locator | None:
        """The last one of this mode."""
        return next((one for one in reversed(self.locators) if one.mode is mode), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingNews:
    """Told after the commit, by the outbox: something changed, look again. Carries no secret."""

    tenant: TenantId
    pairing: PairingId
    call_ref: CallRef
    status: Status
    hint: Hint
    at: datetime


def news_of(pairing: Pairing, at: datetime) -> PairingNews:
    """What to tell of a pairing as it is; what has become of its verdict is the newest of it."""
    return PairingNews(
        tenant=pairing.tenant,
        pairing=pairing.id,
        call_ref=pairing.call_ref,
        status=pairing.status,
        hint=pairing.newest_hint,
        at=at,
    )
