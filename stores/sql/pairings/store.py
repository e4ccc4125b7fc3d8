"""The port `Pairings` in SQL. Every change is one guarded UPDATE with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete

from identity.contract_holders.model import Tie
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import CallRef, Pairing, PairingNews
from identity.pairing.ports import (
    CallBusy,
    Closed,
    EnrolmentTaken,
    LocatorTaken,
    Lost,
    Opened,
    PersonLive,
)
from identity.tenants.model import TenantId
from identity.verification.ports import RevocationSubject
from stores.sql import enrolments
from stores.sql.archive import rows as evidence
from stores.sql.engines.connection import Connection
from stores.sql.pairings import live, moving, opening
from stores.sql.pairings.arrivals import PairingArrivals
from stores.sql.pairings.writing import of_tenant
from stores.sql.schema.identity_side import live_verdicts


class SqlPairings(PairingArrivals):
    """The whole port."""

    async def open(
        self,
        pairing: Pairing,
        *,
        not_reused_since: datetime,
        news: PairingNews,
        record: SealedRecord | None = None,
    ) -> Opened | LocatorTaken | CallBusy:
        """A unique key that somebody else took in between shows in the next try's questions."""
        records = of_tenant(pairing, [] if record is None else [record])

        async def job(connection: Connection) -> Opened | LocatorTaken | CallBusy:
            head = await evidence.lock_head(connection, pairing.tenant) if records else None
            answer = await opening.open_pairing(connection, self._sealer, pairing, not_reused_since)
            if isinstance(answer, Opened) and answer.fresh:
                await self._outbox.append(connection, [news])
                if head is not None:
                    await evidence.append(connection, head, records)
            return answer

        answer = await self._tried_again(job, grouped=bool(records))
        if isinstance(answer, Opened) and answer.fresh:
            self._outbox.wake()
        return answer

    async def change(
        self, before: Pairing, after: Pairing, *, news: PairingNews, record: SealedRecord | None
    ) -> Closed | Pairing | Lost:
        moving.check_change(before, after)
        records = of_tenant(before, [] if record is None else [record])

        async def job(connection: Connection) -> Closed | Pairing:
            head = await evidence.lock_head(connection, before.tenant) if records else None
            return await self._move(connection, before, after, news, head, records)

        write = self._database.write_grouped if records else self._database.write
        try:
            answer = await write(job)
        except moving.OvertakenHere:
            return await self._lost_now(before)
        self._outbox.wake()
        return answer

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
        moving.check_close(before, after)
        assert after.verdict is not None
        records = of_tenant(before, [record])
        until = after.verdict.at + self._result_lives
        private = live.sealed(self._sealer, after, certificate) if certificate else None

        async def job(connection: Connection) -> Closed | Lost:
            head = await evidence.lock_head(connection, before.tenant)
            if not await moving.move(connection, self._sealer, before, after):
                return await self._lost(connection, before)
            await moving.consume_nonce(connection, after)
            await moving.go_live(connection, after, until, private)
            if enrolment is not None:
                await enrolments.write(connection, self._sealer, before.tenant, enrolment)
            await self._outbox.append(connection, [news])
            (row,) = await evidence.append(connection, head, records)
            return Closed(pairing=replace(after, version=before.version + 1), evidence=row)

        try:
            answer = await self._database.write_grouped(job)
        except moving.OtherLive as conflict:  # the exception has rolled everything back
            other = await self.by_id(before.tenant, conflict.pairing)
            assert other is not None
            return PersonLive(other=other)
        except enrolments.Taken:
            return EnrolmentTaken()
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
        records = of_tenant(mine, records)

        async def job(connection: Connection) -> None:
            head = await evidence.lock_head(connection, mine.tenant)
            for before, after in ends:
                if not await moving.move(connection, self._sealer, before, after):
                    raise moving.OvertakenHere
            await moving.stop_living(connection, other, unexpired=False)
            await evidence.append(connection, head, records)
            await self._outbox.append(connection, news)

        try:
            await self._database.write_grouped(job)
        except moving.OvertakenHere:
            return False
        self._outbox.wake()
        return True

    async def call_over(self, tenant: TenantId, call_ref: CallRef) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                delete(live_verdicts).where(
                    live_verdicts.c.tenant_id == tenant, live_verdicts.c.call_ref == call_ref
                )
            )

        await self._database.write(job)
