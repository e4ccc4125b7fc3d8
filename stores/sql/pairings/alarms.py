"""What a bad end leaves behind: held cards, warned lines, and proofs that came too late."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, select, update

from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import PairingId, PersonId
from identity.tenants.model import TenantId
from stores.sql.archive import rows as evidence
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import card_holds, late_proofs, line_warnings


class SqlCardHolds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, tenant: TenantId, person: PersonId, *, until: datetime) -> None:
        await _keep_until(self._database, card_holds, card_holds.c.person_id, tenant, person, until)

    async def held(self, tenant: TenantId, *persons: PersonId) -> PersonId | None:
        standing = (
            select(card_holds.c.person_id)
            .where(
                card_holds.c.tenant_id == tenant,
                card_holds.c.person_id.in_(persons),
                card_holds.c.until > clock(),
            )
            .limit(1)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(standing)).scalar_one_or_none()
        return None if found is None else PersonId(found)

    async def lift(self, tenant: TenantId, person: PersonId, *, record: SealedRecord) -> bool:
        async def job(connection: Connection) -> bool:
            head = await evidence.lock_head(connection, tenant)
            lifted = await connection.execute(
                delete(card_holds).where(
                    card_holds.c.tenant_id == tenant,
                    card_holds.c.person_id == person,
                    card_holds.c.until > clock(),
                )
            )
            if lifted.rowcount:
                await evidence.append(connection, head, [record])
            return bool(lifted.rowcount)

        return await self._database.write(job)


class SqlLineWarnings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def warn(self, tenant: TenantId, line_hash: bytes, *, until: datetime) -> None:
        key = line_warnings.c.line_hash
        await _keep_until(self._database, line_warnings, key, tenant, line_hash, until)

    async def warned(self, tenant: TenantId, line_hash: bytes) -> bool:
        key = line_warnings.c.line_hash
        return await _still(self._database, line_warnings, key, tenant, line_hash)


class SqlLateProofs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, tenant: TenantId, pairing: PairingId, record: SealedRecord, *, at_most: int
    ) -> bool:
        """Evidence for the first few, counted under the same lock that chains them."""
        if record.tenant != tenant:
            raise ValueError("evidence of another tenant")

        async def job(connection: Connection) -> bool:
            head = await evidence.lock_head(connection, tenant)
            mine = (late_proofs.c.tenant_id == tenant) & (late_proofs.c.pairing_id == pairing)
            counted = (
                upsert(connection, late_proofs)
                .values(tenant_id=tenant, pairing_id=pairing, kept=0, counted=1)
                .on_conflict_do_update(
                    index_elements=[late_proofs.c.tenant_id, late_proofs.c.pairing_id],
                    set_={"counted": late_proofs.c.counted + 1},
                )
                .returning(late_proofs.c.kept)
            )
            kept: int = (await connection.execute(counted)).scalar_one()
            if kept >= at_most:
                return False
            await connection.execute(update(late_proofs).where(mine).values(kept=kept + 1))
            await evidence.append(connection, head, [record])
            return True

        return await self._database.write_grouped(job)


async def _keep_until(
    database: Database, table: Table, key: Column[Any], tenant: str, value: Any, until: datetime
) -> None:
    """Never shortens what stands."""

    async def job(connection: Connection) -> None:
        written = upsert(connection, table).values(
            {"tenant_id": tenant, key.name: value, "until": until}
        )
        await connection.execute(
            written.on_conflict_do_update(
                index_elements=[table.c.tenant_id, key],
                set_={"until": until},
                where=table.c.until < until,
            )
        )

    await database.write(job)


async def _still(
    database: Database, table: Table, key: Column[Any], tenant: str, value: Any
) -> bool:
    standing = select(key).where(table.c.tenant_id == tenant, key == value, table.c.until > clock())
    async with database.read() as connection:
        return (await connection.execute(standing)).one_or_none() is not None
