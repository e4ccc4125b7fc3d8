"""Evidence rows: appended behind the tenant's locked chain head, never changed.

Contents live in `evidence_parts`; their wrapped keys apart, so that deleting a key forgets a
content while the chain can still be recomputed. Triggers refuse any other change.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.evidence_archive.chain import link
from identity.evidence_archive.model import (
    ChainHead,
    EvidenceRow,
    Kind,
    SealedPart,
    SealedRecord,
)
from identity.tenants.model import TenantId
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order, Question
from stores.sql.schema.identity_side import (
    evidence,
    evidence_heads,
    evidence_keys,
    evidence_parts,
)

PAGE = 200

_LOCKED: Final = Question(
    select(evidence_heads)
    .where(evidence_heads.c.tenant_id == bindparam("of_tenant"))
    .with_for_update()
)
_ROWS: Final = Order(insert(evidence))
_PARTS: Final = Order(insert(evidence_parts))
_KEYS: Final = Order(
    insert(evidence_keys).values(
        {name: bindparam(name) for name in ("tenant_id", "seq", "place", "wrapped_key")}
    )
)
_HEAD: Final = Order(
    update(evidence_heads)
    .where(evidence_heads.c.tenant_id == bindparam("of_tenant"))
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)

_Waiting: TypeAlias = tuple[SealedRecord, "asyncio.Future[EvidenceRow]"]


class KeyDropped(Exception):
    """A content is wrapped by a key that was dropped meanwhile. Nothing is written; sealed once
    more, it is wrapped by the present one. Holds the key's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedHead(ChainHead):
    """`dropped` are the wrapping keys under which nothing is written any more."""

    dropped: frozenset[str] = frozenset()


class SqlEvidenceRows:
    """Records of a tenant that wait at the same time are chained and written together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[TenantId, list[_Waiting]] = {}
        self._flushing: dict[TenantId, asyncio.Task[None]] = {}

    async def append(self, record: SealedRecord) -> EvidenceRow:
        chained: asyncio.Future[EvidenceRow] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(record.tenant, []).append((record, chained))
        if record.tenant not in self._flushing:
            self._flushing[record.tenant] = asyncio.create_task(self._flush(record.tenant))
        return await chained

    async def by_id(self, tenant: TenantId, evidence_id: str) -> EvidenceRow | None:
        rows = await self._where(tenant, evidence.c.id == evidence_id)
        return rows[0] if rows else None

    async def of_pairing(self, tenant: TenantId, pairing_id: str) -> Sequence[EvidenceRow]:
        return await self._where(tenant, evidence.c.pairing_id == pairing_id)

    async def all(self, tenant: TenantId) -> AsyncIterator[EvidenceRow]:
        """Page by page, so that checking a long chain holds neither a lock nor much memory."""
        last = 0
        while rows := await self._where(tenant, evidence.c.seq > last, at_most=PAGE):
            for row in rows:
                yield row
            last = rows[-1].seq

    async def _flush(self, tenant: TenantId) -> None:
        try:
            while waiting := self._waiting.pop(tenant, None):
                together = [waiting[n : n + PAGE] for n in range(0, len(waiting), PAGE)]
                for some in together:
                    await self._append_all(some)
        finally:
            del self._flushing[tenant]

    async def _append_all(self, waiting: Sequence[_Waiting]) -> None:
        records = [record for record, _ in waiting]

        async def job(connection: Connection) -> list[EvidenceRow]:
            head = await lock_head(connection, records[0].tenant)
            return await append(connection, head, records)

        try:
            rows = await self._database.write_grouped(job)
        except (IntegrityError, ValueError, KeyDropped) as bad:
            if len(waiting) > 1:  # one of them is bad: the others shall not suffer for it
                for one in waiting:
                    await self._append_all([one])
                return
            _settle(waiting[0], bad)
        except Exception as failure:
            for one in waiting:
                _settle(one, failure)
        else:
            for one, row in zip(waiting, rows, strict=True):
                _settle(one, row)

    async def _where(
        self, tenant: TenantId, condition: Any, *, at_most: int | None = None
    ) -> list[EvidenceRow]:
        rows = (
            select(evidence)
            .where(evidence.c.tenant_id == tenant, condition)
            .order_by(evidence.c.seq)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(rows)).all()
            return await _with_parts(connection, tenant, found)


async def lock_head(connection: Connection, tenant: TenantId) -> LockedHead:
    """Hold the end of a tenant's chain until the transaction ends.

    Taken before any pairing row is locked, so that writers of one tenant wait in one order.
    """
    found = await connection.ask(_LOCKED, {"of_tenant": tenant})
    if not found:
        await connection.execute(_first_head(connection, tenant))
        found = await connection.ask(_LOCKED, {"of_tenant": tenant})
    (row,) = found
    return LockedHead(seq=row.seq, hash=row.hash, dropped=frozenset(row.dropped_keys or ()))


async def append(
    connection: Connection, locked: LockedHead, records: Sequence[SealedRecord]
) -> list[EvidenceRow]:
    """Chain records of one tenant behind the head that the caller has locked. KeyDropped."""
    head: ChainHead = locked
    chained: list[EvidenceRow] = []
    for record in records:
        for part in record.parts:
            if part.key_id in locked.dropped:
                raise KeyDropped(part.key_id)
        if record.at.utcoffset() != timedelta(0):
            raise ValueError("evidence times are UTC: the hash covers how they are written")
        row = link(head, record)
        head = ChainHead(seq=row.seq, hash=row.hash)
        chained.append(row)
    if not chained:
        return chained
    await connection.tell(_ROWS, [_header(row) for row in chained])
    parts = [part for row in chained for part in _parts(row)]
    if parts:
        await connection.tell(_PARTS, [part for part, _ in parts])
        await connection.tell(_KEYS, [key for _, key in parts])
    tenant = chained[0].record.tenant
    await connection.tell(_HEAD, [{"of_tenant": tenant, "to_seq": head.seq, "to_hash": head.hash}])
    return chained


def _header(row: EvidenceRow) -> dict[str, Any]:
    record = row.record
    return {
        "tenant_id": record.tenant,
        "seq": row.seq,
        "id": record.id,
        "pairing_id": record.header.get("pairing", ""),
        "kind": record.kind.value,
        "at": record.at,
        "header": dict(record.header),
        "previous_hash": row.previous_hash,
        "hash": row.hash,
    }


def _parts(row: EvidenceRow) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each part as a row of `evidence_parts` and one of `evidence_keys`."""
    for n, part in enumerate(row.record.parts):
        place = {"tenant_id": row.record.tenant, "seq": row.seq, "place": n}
        content = {
            "name": part.name,
            "key_id": part.key_id,
            "sealed": part.sealed,
            "commitment": part.commitment or None,
        }
        yield place | content, place | {"wrapped_key": part.wrapped_key}


def _settle(waiting: _Waiting, outcome: EvidenceRow | Exception) -> None:
    chained = waiting[1]
    if chained.done():  # the asker was cancelled
        return
    if isinstance(outcome, Exception):
        chained.set_exception(outcome)
    else:
        chained.set_result(outcome)


async def _with_parts(
    connection: Connection, tenant: TenantId, rows: Sequence[Row[Any]]
) -> list[EvidenceRow]:
    keys = evidence_keys.c
    joined = evidence_parts.outerjoin(
        evidence_keys,
        (keys.tenant_id == evidence_parts.c.tenant_id)
        & (keys.seq == evidence_parts.c.seq)
        & (keys.place == evidence_parts.c.place),
    )
    wanted = (
        select(evidence_parts, keys.wrapped_key, keys.key_id.label("wrapped_under"))
        .select_from(joined)
        .where(
            evidence_parts.c.tenant_id == tenant,
            evidence_parts.c.seq.in_([row.seq for row in rows]),
        )
        .order_by(evidence_parts.c.seq, evidence_parts.c.place)
    )
    parts: dict[int, list[SealedPart]] = {}
    for part in (await connection.execute(wanted)).all() if rows else ():
        parts.setdefault(part.seq, []).append(
            SealedPart(
                name=part.name,
                key_id=part.key_id,
                wrapped_key=part.wrapped_key or b"",
                sealed=part.sealed,
                commitment=part.commitment or b"",
                wrapped_under=part.wrapped_under or "",
            )
        )
    return [row_of(row, tuple(parts.get(row.seq, ()))) for row in rows]


def row_of(row: Row[Any], parts: tuple[SealedPart, ...]) -> EvidenceRow:
    return EvidenceRow(
        record=SealedRecord(
            id=row.id,
            tenant=TenantId(row.tenant_id),
            kind=Kind(row.kind),
            at=row.at,
            header=row.header,
            parts=parts,
        ),
        seq=row.seq,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _first_head(connection: Connection, tenant: TenantId) -> Any:
    first = ChainHead()
    values = {"tenant_id": tenant, "seq": first.seq, "hash": first.hash}
    return upsert(connection, evidence_heads).values(values).on_conflict_do_nothing()
