"""Card, person and contract tied together, with the evidence: all in one transaction or none."""

from collections.abc import Awaitable, Callable

from sqlalchemy import update

from identity.evidence_archive.model import SealedRecord
from identity.tenants.model import TenantId
from stores.sql.archive import rows as evidence
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.holders import linked
from stores.sql.schema.identity_side import holders, linkage


class _Taken(Exception):
    """Undoes what the transaction has written so far."""


class SqlEnrolments:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def tie(
        self,
        tenant: TenantId,
        *,
        card_hash: bytes,
        contract_ref: str,
        person: str,
        record: SealedRecord,
    ) -> bool:
        async def job(connection: Connection) -> None:
            head = await evidence.lock_head(connection, tenant)
            await connection.execute(
                upsert(connection, linkage)
                .values(tenant_id=tenant, card_hash=card_hash, person_id=person)
                .on_conflict_do_nothing()
            )
            if await linked(connection, tenant, card_hash) != person:
                raise _Taken
            await _give(connection, tenant, contract_ref, person)
            await evidence.append(connection, head, [record])

        return await self._done(job)

    async def give(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        async def job(connection: Connection) -> None:
            head = await evidence.lock_head(connection, tenant)
            await _give(connection, tenant, contract_ref, person)
            await evidence.append(connection, head, [record])

        return await self._done(job)

    async def _done(self, job: Callable[[Connection], Awaitable[None]]) -> bool:
        try:
            await self._database.write(job)
        except _Taken:
            return False
        return True


async def _give(connection: Connection, tenant: TenantId, contract_ref: str, person: str) -> None:
    given = await connection.execute(
        update(holders)
        .where(
            holders.c.tenant_id == tenant,
            holders.c.contract_ref == contract_ref,
            holders.c.person_id.in_(("", person)),
        )
        .values(person_id=person)
    )
    if given.rowcount != 1:
        raise _Taken
