"""Along a chain, page by page: no lock is held, and a page is all that is in memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from identity.evidence_archive.model import EvidenceRow, SealedPart
from identity.tenants.model import TenantId
from stores.sql.archive.rows import row_of
from stores.sql.database import Database
from stores.sql.schema.identity_side import evidence, evidence_parts

PAGE: Final = 500


class SqlWalking:
    """The port `Walking`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pages(self, tenant: TenantId, after: int) -> AsyncIterator[Sequence[EvidenceRow]]:
        last, size = after, PAGE
        while True:
            try:
                page = await self._page(tenant, last, size)
            except ValueError:
                if size == 1:
                    raise
                size = 1  # all rows before the one that cannot be read are still to be seen
                continue
            if not page:
                return
            yield page
            last = page[-1].seq

    async def last_seq(self, tenant: TenantId) -> int:
        newest = (
            select(evidence.c.seq)
            .where(evidence.c.tenant_id == tenant)
            .order_by(evidence.c.seq.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            return (await connection.execute(newest)).scalar() or 0

    async def _page(self, tenant: TenantId, after: int, size: int) -> list[EvidenceRow]:
        """Parts are asked for by a range: a list of places would cost more than reading them."""
        wanted = (
            select(evidence)
            .where(evidence.c.tenant_id == tenant, evidence.c.seq > after)
            .order_by(evidence.c.seq)
            .limit(size)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
            if not rows:
                return []
            place = evidence_parts.c
            inside = (
                select(evidence_parts)
                .where(place.tenant_id == tenant, place.seq > after, place.seq <= rows[-1].seq)
                .order_by(place.seq, place.place)
            )
            parts: dict[int, list[SealedPart]] = {}
            for part in (await connection.execute(inside)).all():
                parts.setdefault(part.seq, []).append(_part(part))
        return [row_of(row, tuple(parts.get(row.seq, ()))) for row in rows]


def _part(part: Row[Any]) -> SealedPart:
    return SealedPart(
        name=part.name,
        key_id=part.key_id,
        wrapped_key=b"",
        sealed=bytes(part.sealed),
        commitment=bytes(part.commitment or b""),
    )
