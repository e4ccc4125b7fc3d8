"""Which wrapping keys the archive needs, found out some rows at a time: nobody waits for it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.schema.identity_side import evidence_heads, evidence_keys, evidence_parts

ROWS: int = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """`after` is where the next look begins, 0 when this was the last of the rows. `dropped` are
    keys that wrap nothing any more, as `kazasu keys drop` has found."""

    ids: Collection[str]
    after: int
    dropped: frozenset[str]


async def look(database: Database, tenant: TenantId, after: int) -> Needed:
    keys, parts, upto = evidence_keys.c, evidence_parts.c, after + ROWS
    same = and_(keys.tenant_id == parts.tenant_id, keys.seq == parts.seq, keys.place == parts.place)
    wanted = (
        select(func.coalesce(keys.key_id, parts.key_id))
        .select_from(evidence_keys.join(evidence_parts, same))
        .where(keys.tenant_id == tenant, keys.seq > after, keys.seq <= upto)
        .distinct()
    )
    head = select(evidence_heads).where(evidence_heads.c.tenant_id == tenant)
    async with database.read() as connection:
        found = (await connection.execute(wanted)).scalars().all()
        end = (await connection.execute(head)).one_or_none()
    over = end is None or upto >= end.seq
    dropped = frozenset(() if end is None else end.dropped_keys or ())
    return Needed(ids=sorted(found), after=0 if over else upto, dropped=dropped)
