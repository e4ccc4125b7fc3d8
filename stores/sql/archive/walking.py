"""Along a chain, page by page: no lock is held, and a page is all that is in memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from sqlalchemy import Row, and_, exists, literal, select

from identity.evidence_archive.checking.ports import Broken, Lost
from identity.evidence_archive.model import EvidenceRow, Kind, SealedPart
from identity.tenants.model import TenantId
from stores.sql.archive.rows import row_of
from stores.sql.database import Database
from stores.sql.schema.identity_side import (
    evidence,
    evidence_heads,
    evidence_keys,
    evidence_parts,
)

PAGE: Final = 500
_UNREADABLE: Final = (ValueError, TypeError, AttributeError, RecursionError, OverflowError)
"""What comes of values that somebody else wrote there."""


class SqlWalking:
    """The port `Walking`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pages(self, tenant: TenantId, after: int) -> AsyncIterator[Sequence[EvidenceRow]]:
        last, size = after, PAGE
        while True:
            try:
                page = await self._page(tenant, last, size)
            except _UNREADABLE as bad:
                if size == 1:
                    raise ValueError("no row of ours") from bad
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

    async def head_seq(self, tenant: TenantId) -> int:
        head = select(evidence_heads.c.seq).where(evidence_heads.c.tenant_id == tenant)
        async with self._database.read() as connection:
            return (await connection.execute(head)).scalar() or 0

    async def lost(self, tenant: TenantId, upto: int) -> Lost | None:
        part, key, told = evidence_parts.c, evidence_keys.c, evidence.alias("told").c
        keyed = exists().where(
            key.tenant_id == part.tenant_id, key.seq == part.seq, key.place == part.place
        )
        names = literal(",").concat(told.header["parts"].as_string()).concat(",")
        said = exists().where(
            told.tenant_id == evidence.c.tenant_id,
            told.pairing_id == evidence.c.pairing_id,
            told.kind == Kind.ERASURE.value,
            told.header["of"].as_string() == evidence.c.id,
            names.contains(literal(",").concat(part.name).concat(","), autoescape=False),
        )
        wanted = (
            select(evidence.c.seq, evidence.c.id, part.name)
            .select_from(
                evidence_parts.join(
                    evidence,
                    and_(evidence.c.tenant_id == part.tenant_id, evidence.c.seq == part.seq),
                )
            )
            .where(part.tenant_id == tenant, part.seq <= upto, ~keyed, ~said)
            .order_by(part.seq, part.place)
            .limit(1)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).one_or_none()
        return Lost(seq=found.seq, row=found.id, part=found.name) if found is not None else None

    async def broken(self, tenant: TenantId, upto: int) -> Broken | None:
        erased, held = evidence.alias("erased").c, evidence.alias("held").c
        released = evidence.alias("released").c
        let_go = exists().where(
            released.tenant_id == held.tenant_id,
            released.kind == Kind.RELEASE.value,
            released.header["of"].as_string() == held.header["hold"].as_string(),
            released.seq > held.seq,
            released.seq < erased.seq,
        )
        wanted = (
            select(erased.seq, erased.id, held.header["hold"].as_string().label("hold"))
            .where(
                held.tenant_id == tenant,
                held.kind == Kind.HOLD.value,
                erased.tenant_id == held.tenant_id,
                erased.pairing_id == held.pairing_id,
                erased.kind == Kind.ERASURE.value,
                erased.seq > held.seq,
                erased.seq <= upto,
                ~let_go,
            )
            .order_by(erased.seq)
            .limit(1)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).one_or_none()
        return Broken(seq=found.seq, row=found.id, hold=found.hold) if found is not None else None

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
        return [_row(row, tuple(parts.get(row.seq, ()))) for row in rows]


def _row(row: Row[Any], parts: tuple[SealedPart, ...]) -> EvidenceRow:
    """ValueError when a column that rows are found by does not say what the header does: an
    administrator could hide a row from its call in this way, and no hash would tell."""
    found = row_of(row, parts)
    header = found.record.header
    if not all(isinstance(word, str) for pair in header.items() for word in pair):
        raise ValueError("a header holds short words")
    if row.pairing_id != header.get("pairing", ""):
        raise ValueError("not the pairing of its header")
    return found


def _part(part: Row[Any]) -> SealedPart:
    return SealedPart(
        name=part.name,
        key_id=part.key_id,
        wrapped_key=b"",
        sealed=bytes(part.sealed),
        commitment=bytes(part.commitment or b""),
    )
