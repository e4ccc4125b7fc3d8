"""One row per call. The caller's number and the carrier's call id are sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update

from ivr.live_calls.ports import CallRow, Placed
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Question
from stores.sql.schema.phone_side import calls
from stores.sql.sealing import Sealer

# Made once: putting a statement together costs more than SQLite's answer to it.
_BY_REF: Final = Question(
    select(calls).where(
        calls.c.tenant_id == bindparam("of_tenant"), calls.c.call_ref == bindparam("of_call")
    )
)


class SqlCallRows:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def begin(self, row: CallRow) -> CallRow:
        private = {
            "carrier_call_id": row.carrier_call_id,
            "number": row.number,
            "placed": row.placed.value,
            "expect": row.expect,
        }

        async def job(connection: Connection) -> CallRow:
            await connection.execute(
                upsert(connection, calls)
                .values(
                    tenant_id=row.tenant,
                    call_ref=row.call_ref,
                    number_kind=row.number_kind,
                    dialled=row.dialled,
                    flow_version=row.flow_version,
                    began_at=row.began_at,
                    ended_at=row.ended_at,
                    private=self._sealer.seal(row.tenant, _place(row.call_ref), private),
                )
                .on_conflict_do_nothing()
            )
            standing = await self._find(connection, row.tenant, row.call_ref)
            assert standing is not None
            return standing

        return await self._database.write(job)

    async def by_ref(self, tenant: str, call_ref: str) -> CallRow | None:
        found = await self._database.ask(_BY_REF, {"of_tenant": tenant, "of_call": call_ref})
        return self._call(found[0]) if found else None

    async def end(self, tenant: str, call_ref: str, at: datetime) -> bool:
        async def job(connection: Connection) -> bool:
            ended = await connection.execute(
                update(calls)
                .where(calls.c.tenant_id == tenant, calls.c.call_ref == call_ref)
                .where(calls.c.ended_at.is_(None))
                .values(ended_at=at)
            )
            return ended.rowcount == 1

        return await self._database.write(job)

    async def open_since(self, before: datetime, at_most: int) -> Sequence[CallRow]:
        wanted = (
            select(calls)
            .where(calls.c.began_at < before, calls.c.ended_at.is_(None))
            .order_by(calls.c.began_at)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [self._call(row) for row in await connection.execute(wanted)]

    async def _find(self, connection: Connection, tenant: str, call_ref: str) -> CallRow | None:
        wanted = {"of_tenant": tenant, "of_call": call_ref}
        row = (await connection.execute(_BY_REF.statement, wanted)).one_or_none()
        return self._call(row) if row else None

    def _call(self, row: Row[Any]) -> CallRow:
        private: dict[str, Any] = self._sealer.unseal(
            row.tenant_id, _place(row.call_ref), row.private
        )
        return CallRow(
            tenant=row.tenant_id,
            call_ref=row.call_ref,
            carrier_call_id=private["carrier_call_id"],
            number=private["number"],
            number_kind=row.number_kind,
            dialled=row.dialled,
            flow_version=row.flow_version,
            began_at=row.began_at,
            ended_at=row.ended_at,
            session_moved=row.session_moved,
            placed=Placed(private.get("placed", Placed.BY_CALLER.value)),
            expect=private.get("expect", ""),
        )


def _place(call_ref: str) -> tuple[str, ...]:
    return ("calls", "private", call_ref)
