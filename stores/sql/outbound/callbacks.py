"""People to be rung back. Sealed: their numbers, and the carrier's id of the operator's leg."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from ivr.queues.model import AskedAgain, Callback, CallbackState, Move, Presence
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.queues import NotAsRead, move_with
from stores.sql.schema.columns import clock
from stores.sql.schema.outbound import callbacks
from stores.sql.sealing import Sealer


class SqlCallbacks:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def register(self, callback: Callback) -> Callback:
        row = self._row(callback)

        async def job(connection: Connection) -> Callback:
            await connection.execute(
                upsert(connection, callbacks).values(row).on_conflict_do_nothing()
            )
            standing = await self._find(connection, callback.tenant, callback.id)
            assert standing is not None
            return standing

        return await self._database.write(job)

    async def by_id(self, tenant: str, callback: str) -> Callback | None:
        async with self._database.read() as connection:
            return await self._find(connection, tenant, callback)

    async def open(self, tenant: str) -> Sequence[Callback]:
        wanted = (
            select(callbacks)
            .where(callbacks.c.tenant_id == tenant)
            .where(callbacks.c.state != CallbackState.DONE.value)
            .order_by(callbacks.c.due_at, callbacks.c.since, callbacks.c.id)
        )
        async with self._database.read() as connection:
            return [self._callback(row) for row in await connection.execute(wanted)]

    async def asked_since(self, tenant: str, since: datetime) -> int:
        wanted = (
            select(func.count())
            .select_from(callbacks)
            .where(callbacks.c.tenant_id == tenant, callbacks.c.since > since)
        )
        async with self._database.read() as connection:
            return int((await connection.execute(wanted)).scalar_one())

    async def change(self, before: Callback, after: Callback, move: Move | None = None) -> bool:
        if (before.tenant, before.id) != (after.tenant, after.id):
            raise ValueError("before and after are not the same call-back")
        row = self._row(after) | {"version": before.version + 1}

        async def job(connection: Connection) -> bool:
            changed = await connection.execute(
                update(callbacks)
                .where(callbacks.c.tenant_id == before.tenant, callbacks.c.id == before.id)
                .where(callbacks.c.version == before.version)
                .values(row)
            )
            if changed.rowcount == 1:
                await move_with(connection, move)
            return changed.rowcount == 1

        try:
            return await self._database.write(job)
        except NotAsRead:
            return False

    async def drop_done(self, before: datetime) -> int:
        async def job(connection: Connection) -> int:
            dropped = await connection.execute(
                delete(callbacks)
                .where(callbacks.c.state == CallbackState.DONE.value)
                .where(callbacks.c.changed_at < before)
            )
            return dropped.rowcount

        return await self._database.write(job)

    async def _find(self, connection: Connection, tenant: str, callback: str) -> Callback | None:
        wanted = select(callbacks).where(
            callbacks.c.tenant_id == tenant, callbacks.c.id == callback
        )
        row = (await connection.execute(wanted)).one_or_none()
        return self._callback(row) if row else None

    def _row(self, one: Callback) -> dict[str, Any]:
        private = {"number": one.number, "leg": one.leg}
        return {
            "tenant_id": one.tenant,
            "id": one.id,
            "version": one.version,
            "call_ref": one.call_ref,
            "queue": one.queue,
            "dialled": one.dialled,
            "since": one.since,
            "due_at": one.due_at,
            "keep_result": one.keep_result,
            "again": [[call.call_ref, call.keep_result] for call in one.again],
            "state": one.state.value,
            "claimed_by": one.claimed_by,
            "until": one.until,
            "presence_before": one.presence_before.value,
            "tries": one.tries,
            "last_outcome": one.last_outcome,
            "last_tried_at": one.last_tried_at,
            "changed_at": clock(),
            "private": self._sealer.seal(one.tenant, _place(one.id), private),
        }

    def _callback(self, row: Row[Any]) -> Callback:
        private: dict[str, Any] = self._sealer.unseal(row.tenant_id, _place(row.id), row.private)
        return Callback(
            tenant=row.tenant_id,
            id=row.id,
            call_ref=row.call_ref,
            queue=row.queue,
            number=private["number"],
            dialled=row.dialled,
            since=row.since,
            due_at=row.due_at,
            keep_result=row.keep_result,
            state=CallbackState(row.state),
            claimed_by=row.claimed_by,
            until=row.until,
            presence_before=Presence(row.presence_before),
            leg=private["leg"],
            tries=row.tries,
            last_outcome=row.last_outcome,
            last_tried_at=row.last_tried_at,
            again=tuple(AskedAgain(call_ref=ref, keep_result=kept) for ref, kept in row.again),
            version=row.version,
        )


def _place(callback: str) -> tuple[str, ...]:
    return ("callbacks", "private", callback)
