"""Aliases of published flows; every move leaves its row in the audit, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ivr.flow_library.model import Alias, Move, Publication
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.flows.rows import columns, read
from stores.sql.schema.flows import flow_aliases, flow_moves, flow_publications


class _Overtaken(Exception):
    """The alias is not where the move was made for: undoes the whole job."""


class SqlFlowAliases:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, tenant: str) -> Sequence[Alias]:
        wanted = (
            select(flow_aliases)
            .where(flow_aliases.c.tenant_id == tenant)
            .order_by(flow_aliases.c.flow_id, flow_aliases.c.alias)
        )
        async with self._database.read() as connection:
            return [_alias(row) for row in await connection.execute(wanted)]

    async def move(
        self, tenant: str, move: Move, *, follows: int, publication: Publication | None = None
    ) -> bool:
        async def job(connection: Connection) -> None:
            if publication is not None:
                await publish(connection, tenant, publication)
            await _point(connection, tenant, move, follows)
            await connection.execute(
                insert(flow_moves).values(tenant_id=tenant, revision=follows + 1, **columns(move))
            )

        try:
            await self._database.write(job)
        except (_Overtaken, IntegrityError):
            return False
        return True

    async def moves(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Move]:
        wanted = (
            select(flow_moves)
            .where(flow_moves.c.tenant_id == tenant, flow_moves.c.flow_id == flow_id)
            .order_by(flow_moves.c.at.desc(), flow_moves.c.revision.desc())
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [read(Move, row) for row in await connection.execute(wanted)]

    async def publications(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Publication]:
        mine = flow_publications.c
        wanted = (
            select(flow_publications)
            .where(mine.tenant_id == tenant, mine.flow_id == flow_id)
            .order_by(mine.at.desc())
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [read(Publication, row) for row in await connection.execute(wanted)]


async def publish(connection: Connection, tenant: str, one: Publication) -> None:
    """Once per version: who published it first stays."""
    await connection.execute(
        upsert(connection, flow_publications)
        .values(tenant_id=tenant, **columns(one))
        .on_conflict_do_nothing()
    )


async def _point(connection: Connection, tenant: str, move: Move, follows: int) -> None:
    """A taken-away alias keeps its row, so that its revisions are never used twice."""
    mine = (
        (flow_aliases.c.tenant_id == tenant)
        & (flow_aliases.c.flow_id == move.flow_id)
        & (flow_aliases.c.alias == move.alias)
    )
    place = {"version": move.went_to, "share": move.share, "revision": follows + 1}
    moved = await connection.execute(
        update(flow_aliases)
        .where(mine, flow_aliases.c.revision == follows, flow_aliases.c.version == move.came_from)
        .values(**place)
    )
    if moved.rowcount == 1:
        return
    if follows or move.came_from:
        raise _Overtaken
    await connection.execute(
        insert(flow_aliases).values(
            tenant_id=tenant, flow_id=move.flow_id, alias=move.alias, **place
        )
    )


def _alias(row: Row[Any]) -> Alias:
    return Alias(
        flow_id=row.flow_id,
        name=row.alias,
        version=row.version,
        share=row.share,
        revision=row.revision,
    )
