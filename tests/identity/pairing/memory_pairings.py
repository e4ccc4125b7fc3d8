"""The port `Pairings` in memory, with the guards of the real stores.

One process, one event loop: nothing awaits between a look and a change, so each call is one
transaction. `clock` plays the database's clock and may differ from the one that the verbs read.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from identity.contract_holders.model import Tie
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import (
    NO_CALL,
    CallRef,
    InstallationId,
    Locator,
    Pairing,
    PairingId,
    PairingNews,
    PersonId,
)
from identity.pairing.outcomes import Status
from identity.pairing.ports import (
    CallBusy,
    Closed,
    EnrolmentTaken,
    LocatorTaken,
    Lost,
    Marks,
    Opened,
    PersonLive,
)
from identity.tenants.model import TenantId
from identity.verification.ports import RevocationSubject
from tests.identity.evidence_archive.memory_evidence import MemoryEvidence


class MemoryPairings:
    def __init__(
        self, clock: Callable[[], datetime], evidence: MemoryEvidence, result_lives: timedelta
    ) -> None:
        self._clock = clock
        self._evidence = evidence
        self._result_lives = result_lives
        self.rows: dict[PairingId, Pairing] = {}
        self.news: list[PairingNews] = []
        self.nonces: set[str] = set()
        self.live: dict[tuple[TenantId, PersonId], tuple[PairingId, CallRef, datetime]] = {}
        self.enrol: Callable[[Tie | Wait], bool] = _nobody_enrols
        self.certificates: dict[PairingId, RevocationSubject | None] = {}
        self._locators: dict[bytes, tuple[datetime, PairingId]] = {}

    async def open(
        self,
        pairing: Pairing,
        *,
        not_reused_since: datetime,
        news: PairingNews,
        record: SealedRecord | None = None,
    ) -> Opened | LocatorTaken | CallBusy:
        assert pairing.status is Status.PENDING
        assert pairing.version == 1
        for row in self.rows.values():
            if (row.tenant, row.errand_key) == (pairing.tenant, pairing.errand_key):
                return Opened(pairing=row, fresh=False)
        for row in self.rows.values():
            if _one_at_a_time(row) == _one_at_a_time(pairing) and row.status is Status.PENDING:
                return CallBusy(pairing=row)
        for locator in pairing.locators:
            if not self._take(locator, pairing, pairing.opened_at, not_reused_since):
                return LocatorTaken()
        self.rows[pairing.id] = pairing
        self.news.append(news)
        if record is not None:
            self._evidence.add(record)
        return Opened(pairing=pairing, fresh=True)

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
        assert after.status is Status.PENDING
        assert after.locators[-1] == locator
        if not self._may_move(before, after):
            return Lost(now=self.rows[before.id])
        if not self._take(locator, after, self._clock(), not_reused_since):
            return LocatorTaken()
        return await self.change(before, after, news=news, record=record)

    async def arrive(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        assert (before.status, after.status) == (Status.PENDING, Status.PENDING)
        assert before.call_ref == NO_CALL != after.call_ref
        for row in self.rows.values():
            if _one_at_a_time(row) == _one_at_a_time(after) and row.status is Status.PENDING:
                return CallBusy(pairing=row)
        step_by = self.rows[before.id].step_by
        in_time = step_by is not None and step_by > self._clock()
        if not in_time or not self._may_move(before, after):
            return Lost(now=self.rows[before.id])
        self.news.append(news)
        return self._write(before, after)

    async def claim_at_desk(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        assert before.claimed_by is None
        assert (before.call_ref, after.call_ref) == (NO_CALL, NO_CALL)
        for row in self.rows.values():
            if _one_at_a_time(row) == _one_at_a_time(after) and row.status is Status.PENDING:
                return CallBusy(pairing=row)
        if not self._may_move(before, after):
            return Lost(now=self.rows[before.id])
        self.news.append(news)
        return self._write(before, after)

    async def begun_at_desk(
        self, tenant: TenantId, account: str, *, since: datetime, at_most: int
    ) -> Sequence[Pairing]:
        found = [
            row
            for row in self.rows.values()
            if row.tenant == tenant
            and row.desk is not None
            and row.desk.begun_by == account
            and row.opened_at >= since
        ]
        return sorted(found, key=lambda row: row.opened_at, reverse=True)[:at_most]

    async def end_both(
        self,
        *,
        first: Pairing,
        first_after: Pairing,
        second: Pairing,
        records: Sequence[SealedRecord],
        news: Sequence[PairingNews],
    ) -> bool:
        if not self._may_move(first, first_after):
            return False
        living = [key for key, (pairing, _, _) in self.live.items() if pairing == first.id]
        unexpired = [key for key in living if self.live[key][2] > self._clock()]
        if first.status is Status.COMPLETE and not unexpired:
            return False
        if any(row.errand_key == second.errand_key for row in self.rows.values()):
            return False
        for key in living:
            del self.live[key]
        self._write(first, first_after)
        self.rows[second.id] = second
        for record in records:
            self._evidence.add(record)
        self.news.extend(news)
        return True

    async def by_id(self, tenant: TenantId, pairing: PairingId) -> Pairing | None:
        row = self.rows.get(pairing)
        return row if row is not None and row.tenant == tenant else None

    async def by_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[Pairing]:
        found = [r for r in self.rows.values() if (r.tenant, r.call_ref) == (tenant, call_ref)]
        order = list(self.rows)
        return sorted(found, key=lambda row: (row.arrived_at or row.opened_at, order.index(row.id)))

    async def marks(self, tenant: TenantId, call_ref: CallRef) -> Marks:
        return frozenset((row.id, row.version) for row in await self.by_call(tenant, call_ref))

    async def claimed(self, installation: InstallationId, pairing: PairingId) -> Pairing | None:
        row = self.rows.get(pairing)
        return row if row is not None and row.claimed_by == installation else None

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        row = await self.by_ticket(locator_hash)
        return row if row is not None and row.status is Status.PENDING else None

    async def by_ticket(self, locator_hash: bytes) -> Pairing | None:
        used = self._locators.get(locator_hash)
        return self.rows[used[1]] if used is not None else None

    async def change(
        self, before: Pairing, after: Pairing, *, news: PairingNews, record: SealedRecord | None
    ) -> Closed | Pairing | Lost:
        if before.status is Status.PENDING:
            if after.status is Status.COMPLETE:
                raise ValueError("only close completes a pairing")
        elif before != replace(after, repudiated_at=before.repudiated_at, recheck=before.recheck):
            raise ValueError("what a verdict found is never changed afterwards")
        elif before.repudiated_at is not None and after.recheck == before.recheck:
            raise ValueError("an ended pairing changes by its repudiation, once, or by a recheck")
        elif before.revoked_since and after.recheck != before.recheck:
            raise ValueError("revoked is the last word of a source")
        if not self._may_move(before, after):
            return Lost(now=self.rows[before.id])
        moved = self._write(before, after)
        self.news.append(news)
        if record is None:
            return moved
        return Closed(pairing=moved, evidence=self._evidence.add(record))

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
        if before.status is not Status.PENDING or after.status is not Status.COMPLETE:
            raise ValueError("close moves a pending pairing to complete")
        assert after.verdict is not None
        assert after.statement is not None
        if not self._may_move(before, after):
            return Lost(now=self.rows[before.id])
        nonce = json.loads(after.statement)["nonce"]
        assert nonce not in self.nonces
        if enrolment is not None and not self.enrol(enrolment):
            return EnrolmentTaken()
        person = after.verdict.person
        if person is not None and after.call_ref != NO_CALL:
            key = (after.tenant, person)
            live = self.live.get(key)
            if live is not None and live[2] > self._clock() and live[1] != after.call_ref:
                return PersonLive(other=self.rows[live[0]])
            self.live[key] = (
                after.id,
                after.call_ref,
                after.verdict.at + self._result_lives,
            )
            self.certificates[after.id] = certificate
        self.nonces.add(nonce)
        moved = self._write(before, after)
        self.news.append(news)
        return Closed(pairing=moved, evidence=self._evidence.add(record))

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
        ends = [(other, other_after)] + ([(mine, mine_after)] if mine_after else [])
        if not all(self._may_move(before, after) for before, after in ends):
            return False
        for before, after in ends:
            self._write(before, after)
        self.live = {key: row for key, row in self.live.items() if row[0] != other.id}
        for record in records:
            self._evidence.add(record)
        self.news.extend(news)
        return True

    async def call_over(self, tenant: TenantId, call_ref: CallRef) -> None:
        self.live = {
            key: row
            for key, row in self.live.items()
            if not (key[0] == tenant and row[1] == call_ref)
        }

    async def overdue(self, at_most: int) -> Sequence[Pairing]:
        now = self._clock()
        late = [
            row
            for row in self.rows.values()
            if row.status is Status.PENDING
            and (
                row.expires_at <= now
                or (row.step_by is not None and row.step_by <= now)
                or (row.claimed_by is None and row.claim_by <= now)
            )
        ]
        return sorted(late, key=lambda row: row.expires_at)[:at_most]

    async def proven_before(
        self, tenant: TenantId, person: PersonId, *, since: datetime
    ) -> Sequence[Pairing]:
        return self._newest(
            row
            for row in self.rows.values()
            if row.tenant == tenant
            and row.status is Status.COMPLETE
            and row.verdict is not None
            and row.verdict.person == person
            and _ended(row) >= since
        )

    async def of_installation(
        self, tenant: TenantId, installation: InstallationId, *, since: datetime
    ) -> Sequence[Pairing]:
        return self._newest(
            row
            for row in self.rows.values()
            if (row.tenant, row.claimed_by) == (tenant, installation)
            and row.status is not Status.PENDING
            and row.verdict is not None
            and _ended(row) >= since
        )

    def _newest(self, rows: Iterable[Pairing]) -> list[Pairing]:
        return sorted(rows, key=_ended, reverse=True)

    def _take(
        self, locator: Locator, pairing: Pairing, at: datetime, not_reused_since: datetime
    ) -> bool:
        used = self._locators.get(locator.hash)
        if used is not None:
            used_at, user = used
            if used_at >= not_reused_since or self.rows[user].status is Status.PENDING:
                return False
        self._locators[locator.hash] = (at, pairing.id)
        return True

    def _may_move(self, before: Pairing, after: Pairing) -> bool:
        now = self.rows[before.id]
        if (now.version, now.status) != (before.version, before.status):
            return False
        in_time = (Status.PENDING, Status.COMPLETE)
        if before.status is Status.PENDING and after.status in in_time:
            if now.expires_at <= self._clock():
                return False
            if before.claimed_by is None and after.claimed_by is not None:
                return now.claim_by > self._clock()
        return True

    def _write(self, before: Pairing, after: Pairing) -> Pairing:
        moved = replace(after, version=before.version + 1)
        self.rows[before.id] = moved
        return moved


def _nobody_enrols(_: Tie | Wait) -> bool:
    raise AssertionError("this store is of a world without enrolments")


def _one_at_a_time(row: Pairing) -> tuple[str, ...]:
    """A call has one open pairing; without a call, an installation has one."""
    if row.call_ref == NO_CALL and row.claimed_by is None:
        return ("nobody's", row.id)
    if row.call_ref == NO_CALL:
        return ("installation", str(row.claimed_by))
    return ("call", row.tenant, row.call_ref)


def _ended(row: Pairing) -> datetime:
    assert row.ended_at is not None
    return row.ended_at
