"""Checks a whole archive from its rows, its checkpoints, the second place and the pinned roots of
the authorities. No key of ours is needed, and nothing that the database says of itself is believed.

1. each row fits behind the one before, and is what its hash says
2. the rows of each checkpoint lead to its head and root, and the checkpoint to the one before
3. a stamp of each checkpoint is good at its own time
4. the second place holds the same checkpoints, has lost none, and none that the database has lost
5. each checkpoint's stamps were still good when the next was made, and the last are at the time
   that is asked about; none is older than those of the checkpoint before
6. the database does not say itself that there were more rows
7. each content whose key is destroyed has a row that says so, and none was held then
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.checking.model import Fault, Finding, Place, Report
from identity.evidence_archive.checking.ports import Walking
from identity.evidence_archive.checkpoints import merkle
from identity.evidence_archive.checkpoints.model import (
    BadCheckpoint,
    Stamp,
    StampedCheckpoint,
)
from identity.evidence_archive.checkpoints.ports import Checkpoints, SecondPlace
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from identity.evidence_archive.model import ChainHead, EvidenceRow
from identity.tenants.model import TenantId

AT_ONCE: Final = 100
CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of two authorities may be apart. A stamp covers those of the checkpoint
before, so one that says it was made earlier is of a clock, or a key, in other hands."""


class _Stop(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.fault.value)
        self.finding = finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where it lies, and by which roots its stamps are judged. No roots: nothing is stamped, and a
    checkpoint that is there all the same proves nothing."""

    rows: Walking
    checkpoints: Checkpoints
    second: SecondPlace | None
    pinned: PinnedAuthorities


class ArchiveCheck:
    """`told` hears how far it is, after each page and each checkpoint. OSError when the second
    place cannot be reached: then nothing is said about the archive."""

    def __init__(self, archive: Archive, told: Callable[[Place], None]) -> None:
        self._archive = archive
        self._told = told

    async def run(
        self, tenant: TenantId, as_of: datetime, *, begin: Place | None = None, all_of_it: bool
    ) -> Report:
        """Up to `as_of`: what was stamped later is not looked at. `all_of_it`: rows that wait for
        their stamp are looked at too, and copies of checkpoints that are not here (for now)."""
        walk = _Walk(self._archive, tenant, begin or Place(), self._told)
        finding = None
        try:
            head = await self._archive.rows.head_seq(tenant)
            await walk.stamped(as_of)
            if all_of_it:
                await walk.rest(head)
                await walk.contents()
        except _Stop as stop:
            finding = stop.finding
        place = walk.place
        return Report(
            place=place,
            finding=finding,
            expired=place.expires is not None and place.expires < as_of,
            second_place=self._archive.second is not None,
        )


class _Walk:
    """One walk along a chain; `place` is where it stands."""

    def __init__(
        self, archive: Archive, tenant: TenantId, begin: Place, told: Callable[[Place], None]
    ) -> None:
        self._archive = archive
        self._tenant = tenant
        self._told = told
        self.place = begin
        self._read: list[EvidenceRow] = []
        self._pages = archive.rows.pages(tenant, begin.head.seq)
        self._hashes: list[bytes] = list(begin.since)
        self._oldest: datetime | None = None

    async def stamped(self, as_of: datetime) -> None:
        """Checkpoint by checkpoint, up to that time."""
        async for stamped in self._checkpoints():
            told = stamped.checkpoint
            self._check_order(stamped)
            stamp = self._stamp(stamped)
            if stamp.at > as_of:
                return
            if self.place.stamped_at and stamp.at < self.place.stamped_at - CLOCKS_APART:
                raise self._stop(Fault.STAMP, told.number, detail="older_than_the_one_before")
            await self._rows_of(stamped)
            await self._copy_of(stamped)
            self._arrived(stamped, stamp)
            assert self.place.checkpoint == told.number
        await self._no_later_copies()

    async def rest(self, head: int) -> None:
        """Rows that no checkpoint covers yet, up to `head` at least."""
        while (row := await self._next_row()) is not None:
            self._check_row(row)
        self._tell()
        if self.place.head.seq < head:
            raise _Stop(Finding(fault=Fault.HEAD, seq=self.place.head.seq + 1))

    async def contents(self) -> None:
        """Of all rows that were looked at."""
        lost = await self._archive.rows.lost(self._tenant, self.place.head.seq)
        if lost is not None:
            raise _Stop(
                Finding(fault=Fault.CONTENT_GONE, seq=lost.seq, row=lost.row, detail=lost.part)
            )
        bad = await self._archive.rows.broken(self._tenant, self.place.head.seq)
        if bad is not None:
            raise _Stop(Finding(fault=Fault.HOLD_BROKEN, seq=bad.seq, row=bad.row, detail=bad.hold))

    async def _checkpoints(self) -> AsyncIterator[StampedCheckpoint]:
        while True:
            number = self.place.checkpoint + 1
            try:
                some = await self._archive.checkpoints.numbers_from(
                    self._tenant, number, at_most=AT_ONCE
                )
            except BadCheckpoint:
                raise self._stop(Fault.CHECKPOINT, number) from None
            for one in some:
                yield one
            if len(some) < AT_ONCE:
                return

    def _check_order(self, stamped: StampedCheckpoint) -> None:
        told, at = stamped.checkpoint, self.place
        fits = (
            told.tenant == self._tenant
            and told.number == at.checkpoint + 1
            and told.previous == at.digest
            and told.first == at.stamped_to + 1
            and told.last >= told.first - 1
        )
        if not fits:
            raise self._stop(Fault.CHECKPOINT, at.checkpoint + 1)

    def _stamp(self, stamped: StampedCheckpoint) -> Stamp:
        """The earliest good one says when; the longest-lived how long."""
        good, code = [], "none"
        for response in stamped.responses:
            try:
                good.append(check(response, stamped.checkpoint.canonical(), self._archive.pinned))
            except BadStamp as bad:
                code = bad.code
        if not good:
            raise self._stop(Fault.STAMP, stamped.checkpoint.number, detail=code)
        return Stamp(
            response=good[0].response,
            at=min(one.at for one in good),
            expires=max(one.expires for one in good),
            authority=good[0].authority,
            policy=good[0].policy,
        )

    async def _rows_of(self, stamped: StampedCheckpoint) -> None:
        told = stamped.checkpoint
        while self.place.head.seq < told.last:
            row = await self._next_row()
            if row is None:
                gone = self.place.head.seq + 1
                raise self._stop(Fault.ROWS_GONE, told.number, seq=gone)
            self._check_row(row)
        if self._hashes and self.place.head.seq != told.last:
            raise self._stop(Fault.CHECKPOINT, told.number)
        whole = merkle.root(self._hashes) == told.root and self.place.head.hash == told.head
        if not whole:
            raise await self._rewritten(stamped)

    async def _rewritten(self, stamped: StampedCheckpoint) -> _Stop:
        """The chain is another one: the second place knows which row was first."""
        told = stamped.checkpoint
        seq = told.first
        copy = None
        if self._archive.second is not None:
            try:
                copy = await self._archive.second.get(self._tenant, told.number)
            except BadCheckpoint:
                copy = None
        if copy is not None and merkle.root(copy.hashes) == told.root:
            same = zip(self._hashes, copy.hashes, strict=False)
            seq += next((n for n, (one, other) in enumerate(same) if one != other), 0)
        return self._stop(Fault.NOT_AS_STAMPED, told.number, seq=seq)

    async def _copy_of(self, stamped: StampedCheckpoint) -> None:
        """A copy that is not there yet is no fault: it may be on its way, in their order."""
        if self._archive.second is None:
            return
        number = stamped.checkpoint.number
        try:
            copy = await self._archive.second.get(self._tenant, number)
        except BadCheckpoint:
            raise self._stop(Fault.COPY, number, seq=stamped.checkpoint.first) from None
        if copy is None:
            if await self._last_copy() > number:
                raise self._stop(Fault.COPY_GONE, number, seq=stamped.checkpoint.first)
            return
        if (copy.checkpoint, copy.responses) != (stamped.checkpoint, stamped.responses):
            seq = self._first_apart(stamped, copy.hashes)
            raise self._stop(Fault.NOT_AS_COPIED, number, seq=seq)
        if copy.hashes != tuple(self._hashes):
            raise self._stop(Fault.COPY, number, seq=self._first_apart(stamped, copy.hashes))
        self.place = self.place.at(copies=self.place.copies + 1)

    def _first_apart(self, stamped: StampedCheckpoint, copied: Sequence[bytes]) -> int:
        first = stamped.checkpoint.first
        for n, (one, other) in enumerate(zip(self._hashes, copied, strict=False)):
            if one != other:
                return first + n
        return first + min(len(self._hashes), len(copied))

    def _arrived(self, stamped: StampedCheckpoint, stamp: Stamp) -> None:
        before, wait = self.place, 0.0
        late = before.expires is not None and stamp.at > before.expires
        if self._oldest is not None:
            wait = (stamp.at - self._oldest).total_seconds()
        self.place = before.at(
            checkpoint=stamped.checkpoint.number,
            stamped_to=stamped.checkpoint.last,
            digest=stamped.digest(),
            since=(),
            stamped_at=stamp.at,
            expires=stamp.expires,
            unrenewed=before.checkpoint if late else before.unrenewed,
            longest_wait=max(before.longest_wait, wait),
        )
        self._hashes, self._oldest = [], None
        self._told(self.place)

    async def _no_later_copies(self) -> None:
        number = self.place.checkpoint
        if await self._last_copy() <= number:
            return
        seq = self.place.stamped_to + 1
        raise self._stop(Fault.CHECKPOINTS_GONE, number + 1, seq=seq)

    async def _last_copy(self) -> int:
        second = self._archive.second
        return await second.last(self._tenant) if second is not None else 0

    def _check_row(self, row: EvidenceRow) -> None:
        try:
            bad = first_bad((row,), self.place.head)
        except (ValueError, TypeError, RecursionError):  # no text can be made of it
            bad = self.place.head.seq + 1
        if bad is not None:
            raise _Stop(Finding(fault=Fault.CHAIN, seq=bad, row=row.record.id))
        self.place = self.place.at(head=ChainHead(seq=row.seq, hash=row.hash))
        self._hashes.append(row.hash)
        if self._oldest is None:
            self._oldest = row.record.at

    async def _next_row(self) -> EvidenceRow | None:
        if not self._read:
            self._tell()
            try:
                page = await anext(self._pages)
            except StopAsyncIteration:
                return None
            except ValueError:
                seq = self.place.head.seq + 1
                raise _Stop(Finding(fault=Fault.CHAIN, seq=seq, detail="unreadable")) from None
            self._read = list(reversed(page))
        return self._read.pop() if self._read else None

    def _tell(self) -> None:
        self.place = self.place.at(since=tuple(self._hashes))
        self._told(self.place)

    def _stop(self, fault: Fault, number: int, *, seq: int = 0, detail: str = "") -> _Stop:
        first = seq or self.place.stamped_to + 1
        return _Stop(Finding(fault=fault, seq=first, checkpoint=number, detail=detail))
