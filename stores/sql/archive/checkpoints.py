"""Checkpoints in SQL, and the end of the chain that they are made of."""

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from identity.evidence_archive.checkpoints.model import (
    BadCheckpoint,
    StampedCheckpoint,
    read,
)
from identity.evidence_archive.checkpoints.ports import Unstamped
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import evidence, evidence_checkpoints, evidence_heads

_kept = evidence_checkpoints.c


class SqlCheckpoints:
    """The port `Checkpoints`, and `ChainEnd`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, tenant: TenantId) -> StampedCheckpoint | None:
        newest = (
            select(evidence_checkpoints)
            .where(_kept.tenant_id == tenant)
            .order_by(_kept.number.desc())
            .limit(1)
        )
        found = await self._read(newest)
        return found[0] if found else None

    async def append(self, stamped: StampedCheckpoint) -> bool:
        told = stamped.checkpoint
        row = {
            "tenant_id": told.tenant,
            "number": told.number,
            "first_seq": told.first,
            "last_seq": told.last,
            "body": told.canonical(),
            "stamps": [base64.b64encode(one).decode() for one in stamped.responses],
        }

        async def job(connection: Connection) -> None:
            await connection.execute(insert(evidence_checkpoints).values(row))

        try:
            await self._database.write_grouped(job)
        except IntegrityError:
            return False
        return True

    async def numbers_from(
        self, tenant: TenantId, number: int, *, at_most: int
    ) -> Sequence[StampedCheckpoint]:
        wanted = (
            select(evidence_checkpoints)
            .where(_kept.tenant_id == tenant, _kept.number >= number)
            .order_by(_kept.number)
            .limit(at_most)
        )
        return await self._read(wanted)

    async def covering(self, tenant: TenantId, seq: int) -> StampedCheckpoint | None:
        wanted = (
            select(evidence_checkpoints)
            .where(_kept.tenant_id == tenant, _kept.first_seq <= seq, _kept.last_seq >= seq)
            .order_by(_kept.number)
            .limit(1)
        )
        found = await self._read(wanted)
        return found[0] if found else None

    async def behind(self, tenant: TenantId, seq: int, *, at_most: int) -> Unstamped:
        some = (
            select(evidence.c.at)
            .where(evidence.c.tenant_id == tenant, evidence.c.seq > seq)
            .order_by(evidence.c.seq)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            times = (await connection.execute(some)).scalars().all()
        return Unstamped(rows=len(times), oldest=times[0] if times else None)

    async def waiting(self, tenant: TenantId) -> Unstamped:
        """All rows behind the last checkpoint, which costs the same however many they are."""
        last = (
            select(func.coalesce(func.max(_kept.last_seq), 0))
            .where(_kept.tenant_id == tenant)
            .scalar_subquery()
        )
        head = evidence_heads.c
        first = select(evidence.c.at).where(
            evidence.c.tenant_id == tenant, evidence.c.seq == last + 1
        )
        many = select(head.seq - last).where(head.tenant_id == tenant)
        async with self._database.read() as connection:
            rows = (await connection.execute(many)).scalar() or 0
            oldest = (await connection.execute(first)).scalar()
        return Unstamped(rows=rows, oldest=oldest)

    async def hashes(self, tenant: TenantId, first: int, *, at_most: int) -> Sequence[bytes]:
        wanted = (
            select(evidence.c.hash)
            .where(evidence.c.tenant_id == tenant, evidence.c.seq >= first)
            .order_by(evidence.c.seq)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [bytes(one) for one in (await connection.execute(wanted)).scalars()]

    async def _read(self, wanted: Select[Any]) -> list[StampedCheckpoint]:
        """BadCheckpoint, also for what cannot even be read as a column of ours."""
        async with self._database.read() as connection:
            found = await connection.execute(wanted)
            try:
                return [_checkpoint(row) for row in found.all()]
            except (ValueError, TypeError, RecursionError) as bad:
                raise BadCheckpoint from bad


def _checkpoint(row: Row[Any]) -> StampedCheckpoint:
    """BadCheckpoint when the columns do not say what the text does; ValueError, TypeError."""
    columns = (row.tenant_id, row.number, row.first_seq, row.last_seq)
    found = read(bytes(row.body))
    responses = tuple(base64.b64decode(one, validate=True) for one in row.stamps)
    if columns != (found.tenant, found.number, found.first, found.last):
        raise BadCheckpoint
    return StampedCheckpoint(checkpoint=found, responses=responses)
