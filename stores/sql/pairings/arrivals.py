"""Pairings that begin before their call: what leads to them, and the call that comes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import Locator, Pairing, PairingNews
from identity.pairing.outcomes import Status
from identity.pairing.ports import CallBusy, Closed, LocatorTaken, Lost
from stores.sql.archive import rows as evidence
from stores.sql.engines.connection import Connection
from stores.sql.pairings import moving, opening
from stores.sql.pairings.reading import find_pending, find_without_call
from stores.sql.pairings.rows import to_row
from stores.sql.pairings.writing import PairingWrites, of_tenant
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import pairings


class PairingArrivals(PairingWrites):
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
        moving.check_change(before, after)
        if after.status is not Status.PENDING or after.locators[-1:] != (locator,):
            raise ValueError("only a pending pairing is led to, by the last of its locators")
        records = of_tenant(before, [] if record is None else [record])

        async def job(connection: Connection) -> Closed | Pairing:
            head = await evidence.lock_head(connection, before.tenant) if records else None
            now = (await connection.execute(select(clock()))).scalar_one()
            if not await opening.take_locator(connection, after, locator, now, not_reused_since):
                raise opening.TakenHere
            return await self._move(connection, before, after, news, head, records)

        write = self._database.write_grouped if records else self._database.write
        try:
            answer = await write(job)
        except opening.TakenHere:
            return LocatorTaken()
        except moving.OvertakenHere:
            return await self._lost_now(before)
        self._outbox.wake()
        return answer

    async def arrive(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        moving.check_arrive(before, after)

        async def open_one(connection: Connection) -> Pairing | None:
            return await find_pending(connection, self._sealer, after.tenant, after.call_ref)

        return await self._alone(before, after, news, open_one)

    async def claim_at_desk(
        self, before: Pairing, after: Pairing, *, news: PairingNews
    ) -> Pairing | Lost | CallBusy:
        installation = moving.check_desk_claim(before, after)

        async def open_one(connection: Connection) -> Pairing | None:
            return await find_without_call(connection, self._sealer, installation)

        return await self._alone(before, after, news, open_one)

    async def _alone(
        self,
        before: Pairing,
        after: Pairing,
        news: PairingNews,
        open_one: Callable[[Connection], Awaitable[Pairing | None]],
    ) -> Pairing | Lost | CallBusy:
        """A move to where one pairing may be open at a time; `open_one` finds that which is."""

        async def job(connection: Connection) -> Pairing | Lost | CallBusy:
            busy = await open_one(connection)
            if busy is not None:
                return CallBusy(pairing=busy)
            if not await moving.move(connection, self._sealer, before, after):
                return await self._lost(connection, before)
            await self._outbox.append(connection, [news])
            return replace(after, version=before.version + 1)

        answer = await self._tried_again(job, grouped=False)
        if isinstance(answer, Pairing):
            self._outbox.wake()
        return answer

    async def end_both(
        self,
        *,
        first: Pairing,
        first_after: Pairing,
        second: Pairing,
        records: Sequence[SealedRecord],
        news: Sequence[PairingNews],
    ) -> bool:
        moving.check_end_both(first, first_after, second)
        records = of_tenant(first, records)

        async def job(connection: Connection) -> None:
            head = await evidence.lock_head(connection, first.tenant)
            if not await moving.move(connection, self._sealer, first, first_after):
                raise moving.OvertakenHere
            lived = await moving.stop_living(connection, first, unexpired=True)
            if first.status is Status.COMPLETE and not lived:
                raise moving.OvertakenHere
            await connection.execute(insert(pairings).values(to_row(second, self._sealer)))
            await evidence.append(connection, head, records)
            await self._outbox.append(connection, news)

        try:
            await self._database.write_grouped(job)
        except (moving.OvertakenHere, IntegrityError):  # the same errand, done elsewhere
            return False
        self._outbox.wake()
        return True
