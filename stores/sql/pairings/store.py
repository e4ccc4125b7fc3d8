"""The port `Pairings` in SQL. Every change is one guarded UPDATE with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import CallRef, Pairing, PairingNews
from identity.pairing.ports import CallBusy, Closed, LocatorTaken, Lost, Opened, PersonLive
from identity.tenants.model import TenantId
from stores.sql import evidence
from stores.sql.database import Database
from stores.sql.outbox import Outbox
from stores.sql.pairings import moving, opening
from stores.sql.pairings.reading import PairingReads, find
from stores.sql.schema.identity_side import live_verdicts
from stores.sql.sealing import Sealer

TRIES = 5


class SqlPairings(PairingReads):
    """`result_lives` is how long a verdict counts for its call (policy)."""

    def __init__(
        self, database: Database, sealer: Sealer, outbox: Outbox, *, result_lives: timedelta
    ) -> None:
        super().__init__(database, sealer)
        self._outbox = outbox
        self._result_lives = result_lives

    async def open(
        self, pairing: Pairing, *, not_reused_since: datetime, news: PairingNews
    ) -> Opened | LocatorTaken | CallBusy:
        """A unique key that somebody else took in between shows in the next try's questions."""

        async def job(connection: AsyncConnection) -> Opened | LocatorTaken | CallBusy:
            answer = await opening.open_pairing(connection, self._sealer, pairing, not_reused_since)
            if isinstance(answer, Opened) and answer.fresh:
                await self._outbox.append(connection, [news])
            return answer

        for _ in range(TRIES - 1):
            try:
                answer = await self._database.write(job)
                break
            except IntegrityError:
                continue
        else:
            answer = await self._database.write(job)
        if isinstance(answer, Opened) and answer.fresh:
            self._outbox.wake()
        return answer

    async def change(
        self, before: Pairing, after: Pairing, *, news: PairingNews, record: SealedRecord | None
    ) -> Closed | Pairing | Lost:
        moving.check_change(before, after)
        records = _of_tenant(before, [] if record is None else [record])

        async def job(connection: AsyncConnection) -> Closed | Pairing | Lost:
            head = await evidence.lock_head(connection, before.tenant) if records else None
            if not await moving.move(connection, self._sealer, before, after):
                return await self._lost(connection, before)
            await self._outbox.append(connection, [news])
            moved = replace(after, version=before.version + 1)
            if head is None:
                return moved
            (row,) = await evidence.append(connection, head, records)
            return Closed(pairing=moved, evidence=row)

        write = self._database.write_grouped if records else self._database.write
        answer = await write(job)
        if not isinstance(answer, Lost):
            self._outbox.wake()
        return answer

    async def close(
        self, before: Pairing, after: Pairing, *, record: SealedRecord, news: PairingNews
    ) -> Closed | Lost | PersonLive:
        moving.check_close(before, after)
        assert after.verdict is not None
        records = _of_tenant(before, [record])
        until = after.verdict.at + self._result_lives

        async def job(connection: AsyncConnection) -> Closed | Lost:
            head = await evidence.lock_head(connection, before.tenant)
            if not await moving.move(connection, self._sealer, before, after):
                return await self._lost(connection, before)
            await moving.consume_nonce(connection, after)
            await moving.go_live(connection, after, until)
            await self._outbox.append(connection, [news])
            (row,) = await evidence.append(connection, head, records)
            return Closed(pairing=replace(after, version=before.version + 1), evidence=row)

        try:
            answer = await self._database.write_grouped(job)
        except moving.OtherLive as conflict:  # the exception has rolled everything back
            other = await self.by_id(before.tenant, conflict.pairing)
            assert other is not None
            return PersonLive(other=other)
        if isinstance(answer, Closed):
            self._outbox.wake()
        return answer

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
        ends = moving.check_supersede(mine, mine_after, other, other_after)
        records = _of_tenant(mine, records)

        async def job(connection: AsyncConnection) -> None:
            head = await evidence.lock_head(connection, mine.tenant)
            for before, after in ends:
                if not await moving.move(connection, self._sealer, before, after):
                    raise moving.OvertakenHere
            await connection.execute(
                delete(live_verdicts).where(
                    live_verdicts.c.tenant_id == other.tenant,
                    live_verdicts.c.pairing_id == other.id,
                )
            )
            await evidence.append(connection, head, records)
            await self._outbox.append(connection, news)

        try:
            await self._database.write_grouped(job)
        except moving.OvertakenHere:
            return False
        self._outbox.wake()
        return True

    async def call_over(self, tenant: TenantId, call_ref: CallRef) -> None:
        async def job(connection: AsyncConnection) -> None:
            await connection.execute(
                delete(live_verdicts).where(
                    live_verdicts.c.tenant_id == tenant, live_verdicts.c.call_ref == call_ref
                )
            )

        await self._database.write(job)

    async def _lost(self, connection: AsyncConnection, before: Pairing) -> Lost:
        now = await find(connection, self._sealer, before.tenant, before.id)
        if now is None:
            raise LookupError("a change of a pairing that was never opened")
        return Lost(now=now)


def _of_tenant(pairing: Pairing, records: Sequence[SealedRecord]) -> Sequence[SealedRecord]:
    if any(record.tenant != pairing.tenant for record in records):
        raise ValueError("evidence of another tenant")
    return records
