"""Content keys of evidence under another wrapping key than the present one, wrapped anew.

Only the wrapped keys change, which no hash covers: neither row nor part is touched. A key is
changed only while it still holds what was read; broken off, the next run goes on. What it was
before is written over (`engines/sqlite`): who gets hold of an earlier wrapping key finds nothing
in the file that it opens.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true, tuple_, update

from identity.tenants.model import TenantId
from stores.sql.archive.rows import KeyDropped, lock_head
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import (
    evidence,
    evidence_heads,
    evidence_keys,
    evidence_parts,
)

AT_ONCE: Final = 200
_keys, _parts, _heads = evidence_keys.c, evidence_parts.c, evidence_heads.c
_UNDER: Final[ColumnElement[str]] = func.coalesce(_keys.key_id, _parts.key_id)
Anew = Callable[["Wrapped"], tuple[str, bytes] | None]
"""The content key wrapped anew, behind the id of the key that wraps it: the key file may have been
turned since the run began. None when no key opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """One content key: whose it is, and which key wraps it."""

    record_id: str
    part: str
    key_id: str
    wrapped: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`after` is where the next begins, None when there is no more."""

    done: int
    unreadable: int
    after: tuple[int, int] | None


class Rewrapping:
    def __init__(self, database: Database, tenant: TenantId) -> None:
        self._database = database
        self._tenant = tenant

    async def under(self) -> Mapping[str, int]:
        """How many content keys each wrapping key wraps."""
        return await under(self._database, self._tenant)

    async def turn(self, current: str, after: tuple[int, int] | None, anew: Anew) -> Turn:
        """The next ones that are not under `current`. KeyDropped when one of them was to be
        wrapped by a key that was dropped meanwhile."""
        rows = await self._next(current, after)
        changed = [(row, anew(_wrapped(row))) for row in rows]
        ready = [(row, *found) for row, found in changed if found is not None]

        async def job(connection: Connection) -> int:
            done, head = 0, await lock_head(connection, self._tenant)
            for row, key_id, wrapped in ready:
                if key_id in head.dropped:
                    raise KeyDropped(key_id)
                mine = and_(
                    _keys.tenant_id == self._tenant,
                    _keys.seq == row.seq,
                    _keys.place == row.place,
                    _keys.wrapped_key == row.wrapped_key,
                )
                values = {"wrapped_key": wrapped, "key_id": key_id}
                moved = await connection.execute(update(evidence_keys).where(mine).values(values))
                done += moved.rowcount
            return done

        return Turn(
            done=await self._database.write(job) if ready else 0,
            unreadable=len(rows) - len(ready),
            after=(rows[-1].seq, rows[-1].place) if len(rows) == AT_ONCE else None,
        )

    async def _next(self, current: str, after: tuple[int, int] | None) -> Sequence[Any]:
        wanted = (
            select(
                _keys.seq,
                _keys.place,
                _keys.wrapped_key,
                _UNDER.label("under"),
                _parts.name,
                evidence.c.id,
            )
            .select_from(
                evidence_keys.join(evidence_parts, _same_place()).join(
                    evidence,
                    and_(evidence.c.tenant_id == _keys.tenant_id, evidence.c.seq == _keys.seq),
                )
            )
            .where(_keys.tenant_id == self._tenant, _UNDER.is_distinct_from(current))
            .order_by(_keys.seq, _keys.place)
            .limit(AT_ONCE)
        )
        if after is not None:
            wanted = wanted.where(tuple_(_keys.seq, _keys.place) > after)
        async with self._database.read() as connection:
            return list(await connection.execute(wanted))


async def drop(database: Database, tenant: TenantId, key_id: str) -> int:
    """From now on nothing is written under that key, by no process and for no tenant that has a
    row in this database, nor for `tenant`, also by one that has not read the key file anew. How
    many content keys it wraps; if any, it is not dropped.

    Marked first and counted afterwards: what was written before is counted, and what comes later
    is refused. So nobody who writes waits for the counting.
    """
    if used := (await under(database)).get(key_id, 0):
        return used
    await database.write(lambda connection: lock_head(connection, tenant))  # there to be marked
    await _mark(database, lambda dropped: dropped | {key_id})
    if used := (await under(database)).get(key_id, 0):
        await _mark(database, lambda dropped: dropped - {key_id})
    return used


async def dropped(database: Database, tenant: TenantId) -> frozenset[str]:
    wanted = select(_heads.dropped_keys).where(_heads.tenant_id == tenant)
    async with database.read() as connection:
        return frozenset((await connection.execute(wanted)).scalar() or ())


async def under(database: Database, tenant: TenantId | None = None) -> Mapping[str, int]:
    """How many content keys each wrapping key wraps; of all tenants, where none is named."""
    wanted = (
        select(_UNDER.label("key_id"), func.count().label("many"))
        .select_from(evidence_keys.join(evidence_parts, _same_place()))
        .where(_keys.tenant_id == tenant if tenant is not None else true())
        .group_by(_UNDER)
    )
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    return Counter({row.key_id: row.many for row in rows})


async def _mark(database: Database, change: Callable[[set[str]], set[str]]) -> None:
    async def job(connection: Connection) -> None:
        every = select(evidence_heads).order_by(_heads.tenant_id).with_for_update()
        for head in (await connection.execute(every)).all():
            now = sorted(change(set(head.dropped_keys or ())))
            mine = update(evidence_heads).where(_heads.tenant_id == head.tenant_id)
            await connection.execute(mine.values(dropped_keys=now))

    await database.write(job)


def _same_place() -> ColumnElement[bool]:
    return and_(
        _keys.tenant_id == _parts.tenant_id, _keys.seq == _parts.seq, _keys.place == _parts.place
    )


def _wrapped(row: Any) -> Wrapped:
    return Wrapped(
        record_id=row.id, part=row.name, key_id=row.under, wrapped=bytes(row.wrapped_key)
    )
