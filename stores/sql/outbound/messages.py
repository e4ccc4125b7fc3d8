"""One row for each call that was sent a text message: never two, whatever is repeated."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from ivr.live_calls.errands.link_message import Reserved
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.outbound import sent_messages

SENDING, SENT, FAILED = "sending", "sent", "failed"
DAY_SECONDS = 24 * 3600
# Any number that nobody else locks by: two processes must not both take the budget's last one.
_BUDGET_LOCK = 0x6B617A75


class SqlSentMessages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, tenant: str, call_ref: str, errand_key: str, *, budget: int
    ) -> Reserved:
        async def job(connection: Connection) -> Reserved:
            if connection.dialect.name != "sqlite":
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BUDGET_LOCK}
                )
            wanted = select(sent_messages).where(
                sent_messages.c.tenant_id == tenant, sent_messages.c.call_ref == call_ref
            )
            row = (await connection.execute(wanted)).one_or_none()
            if row is not None:
                again = row.errand_key == errand_key and row.state == SENT
                return Reserved.SENT_BEFORE if again else Reserved.USED
            counted = (
                select(func.count())
                .select_from(sent_messages)
                .where(sent_messages.c.tenant_id == tenant)
                .where(sent_messages.c.at > clock(-DAY_SECONDS))
            )
            today = (await connection.execute(counted)).scalar_one()
            if today >= budget:
                return Reserved.SPENT
            values: dict[str, Any] = {
                "tenant_id": tenant,
                "call_ref": call_ref,
                "errand_key": errand_key,
                "state": SENDING,
                "at": clock(),
            }
            await connection.execute(insert(sent_messages).values(values))
            return Reserved.LAST_ONES if (today + 1) * 5 >= budget * 4 else Reserved.FREE

        return await self._database.write(job)

    async def settle(self, tenant: str, call_ref: str, *, sent: bool) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                update(sent_messages)
                .where(sent_messages.c.tenant_id == tenant, sent_messages.c.call_ref == call_ref)
                .values(state=SENT if sent else FAILED)
            )

        await self._database.write(job)

    async def drop_before(self, before: datetime) -> int:
        async def job(connection: Connection) -> int:
            dropped = await connection.execute(
                delete(sent_messages).where(sent_messages.c.at < before)
            )
            return dropped.rowcount

        return await self._database.write(job)
