"""One open check per reported number: which call has it. Numbers are HMACs here."""

from typing import Final

from sqlalchemy import and_, or_, select

from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.pairings.reading import PENDING
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import pairings
from stores.sql.schema.phone_side import lines_in_check

OPENS_WITHIN: Final = 5
"""Seconds from taking the line until the check that it was taken for is open, or never will be."""


class SqlLinesInCheck:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, tenant: str, line_hash: bytes, call_ref: str) -> bool:
        """True when this call may have the line's check: nobody else's is open, or about to be."""
        row = {"call_ref": call_ref, "taken_at": clock()}
        still_open = (
            select(pairings.c.id)
            .where(
                pairings.c.tenant_id == lines_in_check.c.tenant_id,
                pairings.c.call_ref == lines_in_check.c.call_ref,
                PENDING,
                pairings.c.expires_at > clock(),
            )
            .exists()
        )
        # Who rings again right after a check has ended does not wait for those seconds.
        was_opened = (
            select(pairings.c.id)
            .where(
                pairings.c.tenant_id == lines_in_check.c.tenant_id,
                pairings.c.call_ref == lines_in_check.c.call_ref,
                pairings.c.opened_at >= lines_in_check.c.taken_at,
            )
            .exists()
        )
        over = or_(was_opened, lines_in_check.c.taken_at <= clock(-OPENS_WITHIN))
        free = and_(~still_open, over)

        async def job(connection: Connection) -> bool:
            taken = (
                upsert(connection, lines_in_check)
                .values(tenant_id=tenant, line_hash=line_hash, **row)
                .on_conflict_do_update(
                    index_elements=[lines_in_check.c.tenant_id, lines_in_check.c.line_hash],
                    set_=row,
                    where=or_(lines_in_check.c.call_ref == call_ref, free),
                )
                .returning(lines_in_check.c.call_ref)
            )
            return (await connection.execute(taken)).one_or_none() is not None

        return await self._database.write(job)
