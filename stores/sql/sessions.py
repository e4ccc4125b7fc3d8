"""Live sessions as SQL rows. They hold spoken codes, so bodies are sealed, bound to their version.

One statement to load, one to save: this is on the path of every webhook.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.live_calls.ports import StoredSession
from stores.sql.database import Database, upsert
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import sessions
from stores.sql.sealing import Sealer


class SqlSessions:
    """`sealer` works with the deployment's session key."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def load(self, tenant: str, call_ref: str) -> StoredSession | None:
        wanted = select(sessions.c.version, sessions.c.body).where(
            sessions.c.tenant_id == tenant, sessions.c.call_ref == call_ref
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        body = self._sealer.unseal(tenant, _place(call_ref, row.version), row.body)
        return StoredSession(body=body, version=row.version)

    async def save(
        self, tenant: str, call_ref: str, body: Mapping[str, object], *, expected: int
    ) -> bool:
        version = expected + 1
        values = {
            "version": version,
            "saved_at": clock(),
            "body": self._sealer.seal(tenant, _place(call_ref, version), body),
        }

        async def job(connection: AsyncConnection) -> bool:
            statement: Any
            if expected == 0:
                statement = (
                    upsert(connection, sessions)
                    .values(tenant_id=tenant, call_ref=call_ref, **values)
                    .on_conflict_do_nothing()
                )
            else:
                statement = (
                    update(sessions)
                    .where(sessions.c.tenant_id == tenant, sessions.c.call_ref == call_ref)
                    .where(sessions.c.version == expected)
                    .values(values)
                )
            saved = await connection.execute(statement.returning(sessions.c.version))
            return saved.one_or_none() is not None

        return await self._database.write(job)

    async def drop_ended(self, before: datetime) -> int:
        async def job(connection: AsyncConnection) -> int:
            dropped = await connection.execute(delete(sessions).where(sessions.c.saved_at < before))
            return dropped.rowcount

        return await self._database.write(job)


def _place(call_ref: str, version: int) -> tuple[str, ...]:
    return ("sessions", "body", call_ref, str(version))
