"""What pairing asks of the outside. The tenant comes first; every change is one transaction.

Adapters seal (AES-GCM, tenant key) what the model hides from `repr`: line, match round, statement,
tap. Of locators they know the hash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from identity.contract_holders.model import Tie
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import EvidenceRow, SealedRecord
from identity.pairing.model import (
    CallRef,
    InstallationId,
    Locator,
    Pairing,
    PairingId,
    PairingNews,
    PersonId,
)
from identity.tenants.model import TenantId
from identity.verification.ports import RevocationSubject

Now: TypeAlias = Callable[[], datetime]
RandomBytes: TypeAlias = Callable[[int], bytes]
Marks: TypeAlias = frozenset[tuple[PairingId, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`fresh` is False when the errand key had opened this pairing before."""

    pairing: Pairing
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatorTaken:
    """The locator is in use, or was within the time in which it is not reused: draw another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBusy:
    """This call has an open pairing already; or, without a call, this installation has one."""

    pairing: Pairing


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    pairing: Pairing
    evidence: EvidenceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Somebody else changed the pairing first; `now` is what it is. Nothing was written."""

    now: Pairing


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLive:
    """This person has a live verdict of another call (the pairing given). Nothing was written."""

    other: Pairing


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentTaken:
    """Card or contract became another person's meanwhile. Nothing was written."""


class Pairings(Protocol):
    """The store of pairings. `version` guards every change (compare and set)."""

    async def open(
        self,
        pairing: Pairing,
        *,
        not_reused_since: datetime,
        news: PairingNews,
        record: SealedRecord | None = None,
    ) -> Opened | LocatorTaken | CallBusy:
        """With the locators it has. With a record, evidence is part of a fresh opening."""
        ...

    async def lead(
        self,
        before: Pairing,
        after: Pairing,
        *,
        locator: Locator,
        not_reused_since: datetime,
        news: PairingNews,
        record: SealedRecord | None,
    ) -> Closed | Pairing | Lost | LocatorTaken:
        """A pending move, as `change`, that gives one more locator (the last of `after`)."""
        ...

    async def arrive(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        """A pending pairing without a call gets one, before its `step_by` by the database's clock
        (ValueError for any other move)."""
        ...

    async def claim_at_desk(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        """As `change`, for the claim of a pairing that has no call: of those an installation has
        one at a time."""
        ...

    async def begun_at_desk(
        self, tenant: TenantId, account: str, *, since: datetime, at_most: int
    ) -> Sequence[Pairing]:
        """What an account has begun at a desk since then, newest first, in any status."""
        ...

    async def end_both(
        self,
        *,
        first: Pairing,
        first_after: Pairing,
        second: Pairing,
        records: Sequence[SealedRecord],
        news: Sequence[PairingNews],
    ) -> bool:
        """A ticket came on a second call: one transaction ends `first` as superseded and writes
        `second`, which is over from the start. False, and nothing written, when `first` has
        changed, or is complete and its verdict lives no longer. Records and news: `first` first.
        """
        ...

    async def by_id(self, tenant: TenantId, pairing: PairingId) -> Pairing | None: ...

    async def by_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[Pairing]:
        """All pairings of a call, in the order in which they met it."""
        ...

    async def marks(self, tenant: TenantId, call_ref: CallRef) -> Marks:
        """Which pairings a call has, and how often each has changed: cheaper than `by_call`, for
        who only wants to know whether anything did. Every change of one gives other marks."""
        ...

    async def claimed(self, installation: InstallationId, pairing: PairingId) -> Pairing | None:
        """Deployment-wide: an app that holds a claim does not know the tenant. Any status."""
        ...

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        """Deployment-wide: an app that sends a code does not know the tenant. Pending only."""
        ...

    async def by_ticket(self, locator_hash: bytes) -> Pairing | None:
        """As `by_locator`, in any status."""
        ...

    async def change(
        self, before: Pairing, after: Pairing, *, news: PairingNews, record: SealedRecord | None
    ) -> Closed | Pairing | Lost:
        """Any move but to complete (ValueError). With a record, evidence is part of the move.

        A complete pairing only changes by its repudiation, once (`repudiated_at`), and by a new
        `recheck`, as long as none says revoked.
        Moves out of pending happen only while pending; a move to a claimed state only before
        `claim_by`, and any pending move only before `expires_at`, by the database's clock.
        """
        ...

    async def close(
        self,
        before: Pairing,
        after: Pairing,
        *,
        record: SealedRecord,
        news: PairingNews,
        certificate: RevocationSubject | None = None,
        enrolment: Tie | Wait | None = None,
    ) -> Closed | Lost | PersonLive | EnrolmentTaken:
        """The only way to a complete pairing: one transaction.

        Consumes the statement's nonce (`after.statement`), closes while pending and unexpired by
        the database's clock, appends the evidence, writes the outbox, and inserts the live row
        (tenant, person) that lives until `verdict.at + result_lives` or the call's end. A live row
        of the same call is replaced: a second tap in one call is no conflict. Without a call there
        is none. `certificate` is what is to be asked about again: sealed with the live row, and
        gone with it. What an enrolment has to write is part of it.
        """
        ...

    async def supersede(
        self,
        *,
        mine: Pairing,
        mine_after: Pairing | None,
        other: Pairing,
        other_after: Pairing,
        records: Sequence[SealedRecord],
        news: Sequence[PairingNews],
    ) -> bool:
        """End two pairings of one person as superseded in one transaction; False when lost.

        `mine` is pending, `other` holds the earlier verdict; its live row goes with it.
        `mine_after` is None when only the earlier one ends (same installation); the caller then
        closes `mine`. Records and news are those of the pairings that end, `other` first.
        """
        ...

    async def call_over(self, tenant: TenantId, call_ref: CallRef) -> None:
        """End the live rows of this call. The verdicts stay."""
        ...

    async def overdue(self, at_most: int) -> Sequence[Pairing]:
        """Pending pairings past `claim_by` (unclaimed), `expires_at` or their state's `step_by`,
        by the database's clock."""
        ...

    async def proven_before(
        self, tenant: TenantId, person: PersonId, *, since: datetime
    ) -> Sequence[Pairing]:
        """Complete pairings of a person since then, newest first (device known, repudiation)."""
        ...

    async def of_installation(
        self, tenant: TenantId, installation: InstallationId, *, since: datetime
    ) -> Sequence[Pairing]:
        """Ended pairings this installation proved, newest first (its history)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVerdict:
    """One that counts for its call now. `certificate` is None where it cannot be asked about again
    (of an earlier release, or unreadable); `said` is the status of its last recheck, "" of none."""

    pairing: PairingId
    person: PersonId
    certificate: RevocationSubject | None = field(repr=False)
    said: str = ""


class LiveVerdicts(Protocol):
    """Verdicts that live, by the database's clock."""

    async def of_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[LiveVerdict]: ...

    async def after(
        self, tenant: TenantId, person: PersonId, *, at_most: int
    ) -> Sequence[LiveVerdict]:
        """In the order of their persons, from the next one on."""
        ...


class LateProofs(Protocol):
    """Proofs that came too late: the first few per pairing leave evidence, the rest a count."""

    async def keep(
        self, tenant: TenantId, pairing: PairingId, record: SealedRecord, *, at_most: int
    ) -> bool: ...


class CardHolds(Protocol):
    """A repudiated verdict holds the card (by person) for the tenant."""

    async def hold(self, tenant: TenantId, person: PersonId, *, until: datetime) -> None: ...

    async def held(self, tenant: TenantId, *persons: PersonId) -> PersonId | None:
        """One of them that is held, by the store's clock."""
        ...

    async def lift(self, tenant: TenantId, person: PersonId, *, record: SealedRecord) -> bool:
        """The hold gone, with the evidence, in one transaction. False when there is none."""
        ...


class LineWarnings(Protocol):
    """Numbers (as HMAC) that an alarm touched lately. Never a block."""

    async def warn(self, tenant: TenantId, line_hash: bytes, *, until: datetime) -> None: ...

    async def warned(self, tenant: TenantId, line_hash: bytes) -> bool: ...


class CountersAway(ConnectionError):
    """Nobody can tell how often something was done. What a stranger may try is refused meanwhile
    (claims, registrations, passwords); what a caller needs goes on (voice)."""


class Counters(Protocol):
    """Sliding windows. Disposable: losing them loses counts, never a verdict.

    Both methods raise CountersAway when the counts cannot be had.
    """

    async def add(self, key: str, *, window_seconds: int) -> int:
        """Count one more and return the count within the window, this one included."""
        ...

    async def count(self, key: str, *, window_seconds: int) -> int: ...
