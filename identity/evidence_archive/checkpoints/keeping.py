"""Makes checkpoints: every so often or so many rows, a new one before the last stamps expire, and a
copy of each at the second place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from identity.evidence_archive.checkpoints import merkle
from identity.evidence_archive.checkpoints.model import (
    BEFORE_THE_FIRST,
    BadCheckpoint,
    Checkpoint,
    Stamp,
    StampedCheckpoint,
)
from identity.evidence_archive.checkpoints.ports import (
    ChainEnd,
    Checkpoints,
    Copy,
    NotStamped,
    SecondPlace,
    TimeStamping,
)
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointPolicy:
    """How long a row waits for its stamp at most, which is the exposure to an administrator."""

    every: timedelta = timedelta(seconds=60)
    at_most_rows: int = 1000
    renew_before: timedelta = timedelta(days=60)
    ask_again: timedelta = timedelta(hours=12)
    """How often a renewal is asked for while the authority has no newer certificate."""
    copies_at_once: int = 200


ALTERED: Final = frozenset({"checkpoint_changed", "rows_changed", "second_place_apart"})
"""Problems of a turn that somebody made: `kazasu evidence verify` says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a turn did, and what it could not: `problem` is a stable code, "" for none."""

    made: int = 0
    copied: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """Who is asked, in this order, and what their answers are judged by later."""

    ask: Sequence[TimeStamping]
    pinned: PinnedAuthorities


class RowsChanged(Exception):
    """Rows are no longer those that were time-stamped a moment ago."""


class SecondPlaceApart(Exception):
    """It holds another checkpoint than the database, or one that the database has not."""


class CheckpointKeeping:
    """`second` is None where there is no second place: then nobody outside this database knows that
    it was written anew, but by the times of its stamps."""

    def __init__(
        self,
        rows: ChainEnd,
        kept: Checkpoints,
        authorities: Authorities,
        second: SecondPlace | None,
        policy: CheckpointPolicy,
        now: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._kept = kept
        self._authorities = authorities
        self._second = second
        self._policy = policy
        self._now = now
        self._renewal_asked: datetime | None = None
        self._compared = 0

    async def turn(self, tenant: TenantId) -> Turn:
        """All checkpoints that are due. What is not done now is done by a later turn."""
        made = 0
        try:
            while await self._due(tenant):
                if not await self._make(tenant):
                    break
                made += 1
            made += await self._renew(tenant)
            copied = await self._copy(tenant)
        except NotStamped as away:
            return Turn(made=made, problem=away.code)
        except BadCheckpoint:
            return Turn(made=made, problem="checkpoint_changed")
        except RowsChanged:
            return Turn(made=made, problem="rows_changed")
        except SecondPlaceApart:
            return Turn(made=made, problem="second_place_apart")
        except OSError:
            return Turn(made=made, problem="second_place_away")
        return Turn(made=made, copied=copied)

    async def _due(self, tenant: TenantId) -> bool:
        last = await self._kept.last(tenant)
        seq = last.checkpoint.last if last else 0
        waiting = await self._rows.behind(tenant, seq, at_most=self._policy.at_most_rows)
        if waiting.oldest is None:
            return False
        return (
            waiting.rows >= self._policy.at_most_rows
            or self._now() - waiting.oldest >= self._policy.every
        )

    async def _make(self, tenant: TenantId) -> bool:
        """False when another process was first."""
        before = await self._kept.last(tenant)
        first = before.checkpoint.last + 1 if before else 1
        hashes = await self._rows.hashes(tenant, first, at_most=self._policy.at_most_rows)
        stamped, _ = await self._stamped(_next(tenant, before, hashes))
        return await self._kept.append(stamped)

    async def _stamped(self, checkpoint: Checkpoint) -> tuple[StampedCheckpoint, Sequence[Stamp]]:
        """By all authorities that answer. NotStamped when none does."""
        stamps: list[Stamp] = []
        failed = NotStamped("no_authority")
        for authority in self._authorities.ask:
            try:
                stamps.append(await authority.stamp(checkpoint.canonical()))
            except NotStamped as away:
                failed = away
        if not stamps:
            raise failed
        responses = tuple(stamp.response for stamp in stamps)
        return StampedCheckpoint(checkpoint=checkpoint, responses=responses), stamps

    async def _renew(self, tenant: TenantId) -> int:
        """A checkpoint without rows, when the last one's stamps expire soon and new ones live
        longer: it covers them, and through them all earlier ones."""
        last, now = await self._kept.last(tenant), self._now()
        asked = self._renewal_asked
        if last is None or (asked is not None and now - asked < self._policy.ask_again):
            return 0
        expires = self._expires(last)
        if expires - now > self._policy.renew_before:
            return 0
        self._renewal_asked = now
        stamped, stamps = await self._stamped(_next(tenant, last, ()))
        if max(stamp.expires for stamp in stamps) <= expires:
            raise NotStamped("expires_soon")
        return int(await self._kept.append(stamped))

    def _expires(self, last: StampedCheckpoint) -> datetime:
        """When the last of its stamps does; what is not good (any more) has expired already."""
        found = [datetime.min.replace(tzinfo=self._now().tzinfo)]
        for response in last.responses:
            try:
                stamp = check(response, last.checkpoint.canonical(), self._authorities.pinned)
            except BadStamp:
                continue
            found.append(stamp.expires)
        return max(found)

    async def _same(self, tenant: TenantId, number: int) -> None:
        """The last copy is of the checkpoint that the database has there. Else the database was
        put back from a backup, cut off, or written anew, and a check would say so: somebody shall
        hear of it before. SecondPlaceApart. Each is compared once."""
        if number == self._compared:
            return
        assert self._second is not None
        copy = await self._second.get(tenant, number)
        kept = await self._kept.numbers_from(tenant, number, at_most=1)
        if copy is None or [(copy.checkpoint, copy.responses)] != [
            (one.checkpoint, one.responses) for one in kept
        ]:
            raise SecondPlaceApart
        self._compared = number

    async def _copy(self, tenant: TenantId) -> int:
        """What the second place does not have yet, in order."""
        if self._second is None:
            return 0
        there, most = await self._second.last(tenant), self._policy.copies_at_once
        await self._same(tenant, there)
        missing = await self._kept.numbers_from(tenant, there + 1, at_most=most)
        for stamped in missing:
            told = stamped.checkpoint
            rows = told.last - told.first + 1
            hashes = await self._rows.hashes(tenant, told.first, at_most=rows) if rows else ()
            if merkle.root(hashes) != told.root:
                raise RowsChanged
            await self._second.put(
                Copy(checkpoint=told, responses=stamped.responses, hashes=tuple(hashes))
            )
        return len(missing)


def _next(
    tenant: TenantId, before: StampedCheckpoint | None, hashes: Sequence[bytes]
) -> Checkpoint:
    first = before.checkpoint.last + 1 if before else 1
    head = before.checkpoint.head if before else bytes(32)
    return Checkpoint(
        tenant=tenant,
        number=before.checkpoint.number + 1 if before else 1,
        first=first,
        last=first + len(hashes) - 1,
        head=hashes[-1] if hashes else head,
        root=merkle.root(hashes),
        previous=before.digest() if before else BEFORE_THE_FIRST,
    )
