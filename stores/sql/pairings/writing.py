"""What the writes of pairings have in common."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import Pairing, PairingNews
from identity.pairing.ports import Closed, Lost
from stores.sql.archive import rows as evidence
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.outbox import Outbox
from stores.sql.pairings import moving
from stores.sql.pairings.reading import PairingReads, find
from stores.sql.sealing import Sealer

TRIES = 5
_Answer = TypeVar("_Answer")


class PairingWrites(PairingReads):
    """`result_lives` is how long a verdict counts for its call (policy)."""

    def __init__(
        self, database: Database, sealer: Sealer, outbox: Outbox, *, result_lives: timedelta
    ) -> None:
        super().__init__(database, sealer)
        self._outbox = outbox
        self._result_lives = result_lives

    async def _move(
        self,
        connection: Connection,
        before: Pairing,
        after: Pairing,
        news: PairingNews,
        head: evidence.LockedHead | None,
        records: Sequence[SealedRecord],
    ) -> Closed | Pairing:
        """OvertakenHere rolls back whatever the transaction has done."""
        if not await moving.move(connection, self._sealer, before, after):
            raise moving.OvertakenHere
        await self._outbox.append(connection, [news])
        moved = replace(after, version=before.version + 1)
        if head is None:
            return moved
        (row,) = await evidence.append(connection, head, records)
        return Closed(pairing=moved, evidence=row)

    async def _tried_again(
        self, job: Callable[[Connection], Awaitable[_Answer]], *, grouped: bool
    ) -> _Answer:
        write = self._database.write_grouped if grouped else self._database.write
        for _ in range(TRIES - 1):
            try:
                return await write(job)
            except IntegrityError:
                continue
        return await write(job)

    async def _lost_now(self, before: Pairing) -> Lost:
        now = await self.by_id(before.tenant, before.id)
        if now is None:
            raise LookupError("a change of a pairing that was never opened")
        return Lost(now=now)

    async def _lost(self, connection: Connection, before: Pairing) -> Lost:
        now = await find(connection, self._sealer, before.tenant, before.id)
        if now is None:
            raise LookupError("a change of a pairing that was never opened")
        return Lost(now=now)


def of_tenant(pairing: Pairing, records: Sequence[SealedRecord]) -> Sequence[SealedRecord]:
    if any(record.tenant != pairing.tenant for record in records):
        raise ValueError("evidence of another tenant")
    return records
