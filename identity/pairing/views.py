"""What each side may see of a pairing. The verbs answer with these."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge, badge
from identity.pairing.model import (
    CallState,
    ContractRef,
    DeskKind,
    Direction,
    EnrolmentFound,
    Mode,
    Pairing,
    PairingId,
    PersonId,
    Recheck,
    Requirement,
    Verdict,
)
from identity.pairing.outcomes import ALARMS, Hint, Status
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingView:
    """For the phone side and the operator: the newest pairing of a call.

    `code` (8 or 10 digits) and `link` (token) are there while they can be claimed, `item` (two
    digits) while the app waits for the choice; they are "" otherwise. `errand_key` is what opened
    it, or what asked last for one more way to it. `expect` is the contract whose holder it is to
    find. `hint` is `repudiated` after a repudiation, and `revoked_since` when the certificate has
    been revoked since the verdict; `recheck` is what was said of it last. `alarm` is an alarm of
    any earlier pairing of this call that still stands (red stays). A complete result that is older
    than the policy's `result_lives` is `outdated` and has a grey badge.
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
    outdated: bool = False
    alarm: Hint | None = None
    person: PersonId | None = None
    contracts: tuple[ContractRef, ...] = ()
    verdict: Verdict | None = None
    recheck: Recheck | None = None
    errand_key: str = ""
    expect: ContractRef | None = None
    link: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One round: three two-digit numbers in rising order. Which is right is never told."""

    round: int
    offered: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """For the app that claimed it. `choice` while it is asked, `statement` once it may be signed.

    `statement` is the canonical JSON, byte for byte what the card signs the hash of. `interval` is
    the number of seconds between polls. `ticket` (10 digits) is there while `dial` (E.164) may be
    called with it, until `ticket_by`; `code` while the caller may key it.
    """

    pairing: PairingId
    status: Status
    hint: Hint
    expires_at: datetime
    interval: int
    choice: Choice | None = None
    statement: bytes | None = field(default=None, repr=False)
    ticket: str = field(default="", repr=False)
    dial: str = ""
    ticket_by: datetime | None = None
    code: str = field(default="", repr=False)


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
class DeskClaim:
    """The answer to a claim where there is no call: whose desk it is and what for. `view` has the
    statement at once."""

    view: AppView
    business: str
    logo: str
    shown_number: str
    kind: DeskKind
    purpose: str
    require: IdentityLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """For whoever began a check at a desk, and for the colleagues of the same tenant.

    `code` (8 or 10 digits) is there while it can be claimed, "" otherwise. `contract` is the one
    that was asked about, or that an enrolment by telephone number has found. The badge is never
    green, as no call was identified, and grey once a complete result is `outdated`. `hint` is
    `repudiated` after a repudiation.
    """

    pairing: PairingId
    kind: DeskKind
    begun_by: str
    begun_at: datetime
    require: IdentityLevel
    purpose: str
    status: Status
    hint: Hint
    code: str = field(repr=False)
    claim_by: datetime
    expires_at: datetime
    contract: str = field(repr=False)
    identity: IdentityLevel
    badge: Badge
    outdated: bool = False
    verdict: Verdict | None = None
    enrolment: EnrolmentFound | None = None


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


_SIGNABLE = frozenset({Hint.AWAITING_PIN, Hint.AWAITING_CARD, Hint.VERIFYING})


def standing_alarm(pairings: Sequence[Pairing]) -> Hint | None:
    """The last alarm of a call's pairings (oldest first), `repudiated` among them. A check that an
    operator starts lifts those raised until then; one that rises later, on any of them, stands."""
    raised: list[tuple[datetime, Hint]] = []
    for pairing in pairings:
        if pairing.started_by_operator:
            raised = [(at, hint) for at, hint in raised if at > pairing.opened_at]
        if pairing.hint in ALARMS:
            raised.append((pairing.ended_at or pairing.opened_at, pairing.hint))
        if pairing.repudiated_at is not None:
            raised.append((pairing.repudiated_at, Hint.REPUDIATED))
    return raised[-1][1] if raised else None


def phone_view(
    pairing: Pairing,
    *,
    now: datetime,
    policy: PairingPolicy,
    code: str = "",
    link: str = "",
    alarm: Hint | None = None,
) -> PairingView:
    """`code` and `link` are shown only while they can still be claimed."""
    verdict = pairing.verdict
    outdated = _outdated(pairing, now, policy)
    asked = pairing.hint is Hint.AWAITING_CHOICE and pairing.match is not None
    claimable = pairing.hint is Hint.AWAITING_APP and pairing.claimed_by is None
    last_asked = pairing.locators[-1].errand_key if pairing.locators else ""
    return PairingView(
        pairing=pairing.id,
        mode=pairing.mode,
        require=pairing.require,
        status=pairing.status,
        hint=pairing.newest_hint,
        code=code if claimable else "",
        link=link if claimable else "",
        item=pairing.match.right if asked and pairing.match else "",
        claim_by=pairing.claim_by,
        expires_at=pairing.expires_at,
        extended=pairing.extended,
        identity=verdict.identity if verdict else IdentityLevel.ID_NONE,
        binding=verdict.binding if verdict else BindingLevel.BIND_NONE,
        badge=_badge(pairing, outdated=outdated, alarm=alarm),
        outdated=outdated,
        call_state=pairing.call_state,
        alarm=alarm,
        person=verdict.person if verdict else None,
        contracts=verdict.contracts if verdict else (),
        verdict=verdict,
        recheck=pairing.recheck,
        errand_key=last_asked or pairing.errand_key,
        expect=pairing.expect,
    )


def desk_view(
    pairing: Pairing, *, now: datetime, policy: PairingPolicy, code: str = ""
) -> DeskView:
    """ValueError for a pairing that belongs to a call."""
    desk, verdict = pairing.desk, pairing.verdict
    if desk is None:
        raise ValueError("not begun at a desk")
    outdated = _outdated(pairing, now, policy)
    found = desk.enrolment.contract if desk.enrolment else ""
    return DeskView(
        pairing=pairing.id,
        kind=desk.kind,
        begun_by=desk.begun_by,
        begun_at=pairing.opened_at,
        require=pairing.require.identity,
        purpose=pairing.purpose,
        status=pairing.status,
        hint=pairing.newest_hint,
        code=code if pairing.claimed_by is None else "",
        claim_by=pairing.claim_by,
        expires_at=pairing.expires_at,
        contract=found or desk.target.contract,
        identity=verdict.identity if verdict else IdentityLevel.ID_NONE,
        badge=_badge(pairing, outdated=outdated, alarm=None),
        outdated=outdated,
        verdict=verdict,
        enrolment=desk.enrolment,
    )


def _outdated(pairing: Pairing, now: datetime, policy: PairingPolicy) -> bool:
    verdict = pairing.verdict
    if verdict is None or pairing.status is not Status.COMPLETE:
        return False
    return now >= verdict.at + policy.result_lives


def _badge(pairing: Pairing, *, outdated: bool, alarm: Hint | None) -> Badge:
    verdict = pairing.verdict
    repudiated = pairing.repudiated_at is not None
    if outdated and not repudiated and alarm is None:
        return Badge.GREY
    return badge(
        status=pairing.status,
        hint=pairing.hint,
        identity=verdict.identity if verdict else IdentityLevel.ID_NONE,
        binding=verdict.binding if verdict else BindingLevel.BIND_NONE,
        knowledge=verdict.knowledge if verdict else Knowledge(),
        repudiated=repudiated or alarm is not None,
        revoked=pairing.revoked_since,
    )


def app_view(
    pairing: Pairing, policy: PairingPolicy, *, ticket: str = "", code: str = ""
) -> AppView:
    """`ticket` and `code` are shown only while the call they are for may still come."""
    match = pairing.match
    dialling = pairing.hint is Hint.AWAITING_DIAL and bool(ticket)
    asked = pairing.hint is Hint.AWAITING_CHOICE and match is not None
    return AppView(
        pairing=pairing.id,
        status=pairing.status,
        hint=pairing.hint,
        expires_at=pairing.expires_at,
        interval=policy.poll_interval_seconds,
        choice=Choice(round=match.number, offered=match.offered) if asked and match else None,
        statement=pairing.statement if pairing.hint in _SIGNABLE else None,
        ticket=ticket if dialling else "",
        dial=pairing.call.dialled if dialling else "",
        ticket_by=pairing.step_by if dialling else None,
        code=code if pairing.hint is Hint.AWAITING_APP else "",
    )


def claim_view(pairing: Pairing, tenant: Tenant, policy: PairingPolicy) -> ClaimView:
    return ClaimView(
        view=app_view(pairing, policy),
        business=tenant.name,
        logo=tenant.logo,
        published_number=tenant.published_number,
        shown_number=tenant.shown_number,
        dialled=pairing.call.dialled,
        line_last4=pairing.call.line[-4:],
        call_started_at=pairing.call.started_at,
        direction=pairing.call.direction,
        purpose=pairing.purpose,
        require=pairing.require.identity,
    )


def desk_claim(pairing: Pairing, tenant: Tenant, policy: PairingPolicy) -> DeskClaim:
    """ValueError for a pairing that belongs to a call."""
    if pairing.desk is None:
        raise ValueError("not begun at a desk")
    return DeskClaim(
        view=app_view(pairing, policy),
        business=tenant.name,
        logo=tenant.logo,
        shown_number=tenant.shown_number,
        kind=pairing.desk.kind,
        purpose=pairing.purpose,
        require=pairing.require.identity,
    )
