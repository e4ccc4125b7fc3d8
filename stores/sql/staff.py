"""Staff accounts and their sessions. Names and phones are sealed, cookies only as hashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from door_frame.staff import StaffAccount, StaffSession
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import staff, staff_sessions
from stores.sql.sealing import Sealer


class SqlStaffAccounts:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def by_login(self, tenant: str, login: str) -> StaffAccount | None:
        return await self._one(staff.c.tenant_id == tenant, staff.c.login == login)

    async def by_id(self, tenant: str, staff_id: str) -> StaffAccount | None:
        return await self._one(staff.c.tenant_id == tenant, staff.c.id == staff_id)

    async def add(self, account: StaffAccount) -> bool:
        private = {"name": account.name, "phone": account.phone}

        async def job(connection: Connection) -> None:
            await connection.execute(
                insert(staff).values(
                    tenant_id=account.tenant,
                    id=account.id,
                    login=account.login,
                    password_hash=account.password_hash,
                    queues=list(account.queues),
                    roles=list(account.roles),
                    disabled=account.disabled,
                    added_at=clock(),
                    private=self._sealer.seal(account.tenant, staff_place(account.id), private),
                )
            )

        try:
            await self._database.write(job)
        except IntegrityError:
            if await self.by_login(account.tenant, account.login) is None:
                raise  # an id taken by another login: not what False says
            return False
        return True

    async def serve(self, tenant: str, login: str, queues: Sequence[str]) -> bool:
        mine = (staff.c.tenant_id == tenant) & (staff.c.login == login)

        async def job(connection: Connection) -> bool:
            given = update(staff).where(mine).values(queues=list(queues))
            return (await connection.execute(given)).rowcount == 1

        return await self._database.write(job)

    async def disable(self, tenant: str, login: str) -> bool:
        mine = (staff.c.tenant_id == tenant) & (staff.c.login == login)

        async def job(connection: Connection) -> bool:
            ids = select(staff.c.id).where(mine).scalar_subquery()
            await connection.execute(
                delete(staff_sessions).where(
                    staff_sessions.c.tenant_id == tenant, staff_sessions.c.staff_id == ids
                )
            )
            disabled = await connection.execute(update(staff).where(mine).values(disabled=True))
            return disabled.rowcount == 1

        return await self._database.write(job)

    async def _one(self, *conditions: Any) -> StaffAccount | None:
        async with self._database.read() as connection:
            wanted = select(staff).where(*conditions)
            row = (await connection.execute(wanted)).one_or_none()
        return self._account(row) if row else None

    def _account(self, row: Row[Any]) -> StaffAccount:
        private: dict[str, Any] = self._sealer.unseal(
            row.tenant_id, staff_place(row.id), row.private
        )
        return StaffAccount(
            tenant=row.tenant_id,
            id=row.id,
            login=row.login,
            name=private["name"],
            password_hash=row.password_hash,
            phone=private["phone"],
            queues=tuple(row.queues),
            roles=tuple(row.roles),
            disabled=row.disabled,
        )


class SqlStaffSessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, session: StaffSession) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                insert(staff_sessions).values(
                    id_hash=session.id_hash,
                    tenant_id=session.tenant,
                    staff_id=session.staff,
                    csrf_hash=session.csrf_hash,
                    began_at=session.began_at,
                    last_seen_at=session.last_seen_at,
                )
            )

        await self._database.write(job)

    async def by_hash(self, id_hash: bytes) -> StaffSession | None:
        wanted = select(staff_sessions).where(staff_sessions.c.id_hash == id_hash)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        return StaffSession(
            id_hash=row.id_hash,
            csrf_hash=row.csrf_hash,
            tenant=row.tenant_id,
            staff=row.staff_id,
            began_at=row.began_at,
            last_seen_at=row.last_seen_at,
        )

    async def seen(self, id_hash: bytes, at: datetime) -> None:
        await self._run(
            update(staff_sessions)
            .where(staff_sessions.c.id_hash == id_hash, staff_sessions.c.last_seen_at < at)
            .values(last_seen_at=at)
        )

    async def end(self, id_hash: bytes) -> None:
        await self._run(delete(staff_sessions).where(staff_sessions.c.id_hash == id_hash))

    async def _run(self, statement: Any) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(statement)

        await self._database.write(job)


def staff_place(staff_id: str) -> tuple[str, ...]:
    """Where a staff row's private column is sealed for."""
    return ("staff", "private", staff_id)
