"""Logs of calls that are over, for replay and for counts. They hold nothing about a person, so they
are not sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from ivr.live_calls.call_log import KeptLog
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.flows import call_logs


class SqlCallLogs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, log: KeptLog) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                upsert(connection, call_logs)
                .values(
                    tenant_id=log.tenant,
                    call_ref=log.call_ref,
                    flow_id=log.flow_id,
                    flow_version=log.flow_version,
                    began_at=log.began_at,
                    ended_at=log.ended_at,
                    entries=list(log.entries),
                )
                .on_conflict_do_nothing()
            )

        await self._database.write(job)

    async def load(self, tenant: str, call_ref: str) -> KeptLog | None:
        wanted = select(call_logs).where(
            call_logs.c.tenant_id == tenant, call_logs.c.call_ref == call_ref
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return _log(row) if row is not None else None

    async def of_flow(self, tenant: str, flow_id: str, at_most: int) -> Sequence[KeptLog]:
        wanted = (
            select(call_logs)
            .where(call_logs.c.tenant_id == tenant, call_logs.c.flow_id == flow_id)
            .order_by(call_logs.c.ended_at.desc(), call_logs.c.call_ref)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [_log(row) for row in await connection.execute(wanted)]

    async def drop_before(self, before: datetime) -> int:
        async def job(connection: Connection) -> int:
            dropped = await connection.execute(
                delete(call_logs).where(call_logs.c.ended_at < before)
            )
            return int(dropped.rowcount)

        return await self._database.write(job)


def _log(row: Row[Any]) -> KeptLog:
    return KeptLog(
        tenant=row.tenant_id,
        call_ref=row.call_ref,
        flow_id=row.flow_id,
        flow_version=row.flow_version,
        began_at=row.began_at,
        ended_at=row.ended_at,
        entries=tuple(row.entries),
    )
