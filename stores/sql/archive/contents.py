"""Keys of contents, and holds over them: the one part of the archive that may be deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select, update

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.retention.ports import Erasure, Hold, Kept
from identity.tenants.model import TenantId
from stores.sql.archive.rows import append, lock_head
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import (
    evidence,
    evidence_holds,
    evidence_keys,
    evidence_parts,
)

_HELD: ColumnElement[bool] = exists().where(
    evidence_holds.c.tenant_id == evidence.c.tenant_id,
    evidence_holds.c.pairing_id == evidence.c.pairing_id,
    evidence_holds.c.released_at.is_(None),
)
_KEYED: ColumnElement[bool] = exists().where(
    evidence_keys.c.tenant_id == evidence.c.tenant_id, evidence_keys.c.seq == evidence.c.seq
)


class SqlContents:
    """The port `Contents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept(self, tenant: TenantId, after: int, *, at_most: int) -> Sequence[Kept]:
        async with self._database.read() as connection:
            return await _kept(connection, tenant, evidence.c.seq > after, at_most)

    async def one(self, tenant: TenantId, evidence_id: str) -> Kept | None:
        async with self._database.read() as connection:
            found = await _kept(connection, tenant, evidence.c.id == evidence_id, 1)
        return found[0] if found else None

    async def erase(self, tenant: TenantId, erasures: Sequence[Erasure]) -> int:
        async def job(connection: Connection) -> int:
            head = await lock_head(connection, tenant)
            ids = [erasure.of.id for erasure in erasures]
            now = await _kept(connection, tenant, evidence.c.id.in_(ids), len(ids))
            free = {kept.id: set(kept.parts) for kept in now if not kept.held}
            done = [e for e in erasures if free.get(e.of.id, set()) >= set(e.parts)]
            await append(connection, head, [erasure.record for erasure in done])
            await _destroy(connection, tenant, done)
            return len(done)

        return await self._database.write_grouped(job)

    async def hold(self, tenant: TenantId, hold: Hold, record: SealedRecord) -> None:
        row = {
            "tenant_id": tenant,
            "id": hold.id,
            "pairing_id": hold.pairing,
            "reason": hold.reason,
            "by": hold.by,
            "since": hold.since,
        }

        async def job(connection: Connection) -> None:
            head = await lock_head(connection, tenant)
            await connection.execute(insert(evidence_holds).values(row))
            await append(connection, head, [record])

        await self._database.write_grouped(job)

    async def release(
        self, tenant: TenantId, hold_id: str, at: datetime, record: SealedRecord
    ) -> bool:
        async def job(connection: Connection) -> bool:
            head = await lock_head(connection, tenant)
            mine = (evidence_holds.c.tenant_id == tenant) & (evidence_holds.c.id == hold_id)
            standing = update(evidence_holds).where(mine, evidence_holds.c.released_at.is_(None))
            if (await connection.execute(standing.values(released_at=at))).rowcount != 1:
                return False
            await append(connection, head, [record])
            return True

        return await self._database.write_grouped(job)

    async def holds(self, tenant: TenantId) -> Sequence[Hold]:
        wanted = (
            select(evidence_holds)
            .where(evidence_holds.c.tenant_id == tenant, evidence_holds.c.released_at.is_(None))
            .order_by(evidence_holds.c.since, evidence_holds.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [
            Hold(id=r.id, pairing=r.pairing_id, reason=r.reason, by=r.by, since=r.since)
            for r in rows
        ]


async def _kept(connection: Connection, tenant: TenantId, which: Any, most: int) -> list[Kept]:
    wanted = (
        select(evidence, _HELD.label("held"))
        .where(evidence.c.tenant_id == tenant, which, _KEYED)
        .order_by(evidence.c.seq)
        .limit(most)
    )
    rows = (await connection.execute(wanted)).all()
    keyed = (
        select(evidence_parts.c.seq, evidence_parts.c.name)
        .join(evidence_keys, _same_place())
        .where(evidence_parts.c.tenant_id == tenant)
        .where(evidence_parts.c.seq.in_([row.seq for row in rows]))
        .order_by(evidence_parts.c.seq, evidence_parts.c.place)
    )
    names: dict[int, list[str]] = {}
    for part in (await connection.execute(keyed)).all() if rows else ():
        names.setdefault(part.seq, []).append(part.name)
    return [
        Kept(
            seq=row.seq,
            id=row.id,
            pairing=row.pairing_id,
            kind=Kind(row.kind),
            at=row.at,
            retention=str(row.header.get("retention", "")),
            parts=tuple(names.get(row.seq, ())),
            held=bool(row.held),
        )
        for row in rows
    ]


def _same_place() -> ColumnElement[bool]:
    keys, parts = evidence_keys.c, evidence_parts.c
    return and_(keys.tenant_id == parts.tenant_id, keys.seq == parts.seq, keys.place == parts.place)


async def _destroy(connection: Connection, tenant: TenantId, erasures: Sequence[Erasure]) -> None:
    """On SQLite they are written over in the file (`engines/sqlite`), on PostgreSQL by VACUUM."""
    for erasure in erasures:
        places = select(evidence_parts.c.place).where(
            evidence_parts.c.tenant_id == tenant,
            evidence_parts.c.seq == erasure.of.seq,
            evidence_parts.c.name.in_(erasure.parts),
        )
        await connection.execute(
            delete(evidence_keys).where(
                evidence_keys.c.tenant_id == tenant,
                evidence_keys.c.seq == erasure.of.seq,
                evidence_keys.c.place.in_(places),
            )
        )
