"""Waiting calls and the operators who may answer them.

Sealed: what a screen may show of a call, the carrier's id of the operator's leg, names and phones.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from door_frame.staff import OPERATOR
from ivr.queues.model import BUSY, Move, Operator, Presence, Waiting, WaitingState
from stores.sql.database import Database, upsert
from stores.sql.engines.connection import Connection
from stores.sql.schema.phone_side import operator_presence, staff, waiting_calls
from stores.sql.sealing import Sealer
from stores.sql.staff import staff_place


class SqlWaitingCalls:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def enter(self, waiting: Waiting) -> Waiting:
        row = self._row(waiting)

        async def job(connection: Connection) -> Waiting:
            await connection.execute(
                upsert(connection, waiting_calls).values(row).on_conflict_do_nothing()
            )
            standing = await self._find(connection, waiting.tenant, waiting.token)
            assert standing is not None
            return standing

        return await self._database.write(job)

    async def by_token(self, tenant: str, token: str) -> Waiting | None:
        async with self._database.read() as connection:
            return await self._find(connection, tenant, token)

    async def by_call(self, tenant: str, call_ref: str) -> Waiting | None:
        newest = (
            select(waiting_calls)
            .where(waiting_calls.c.tenant_id == tenant, waiting_calls.c.call_ref == call_ref)
            .order_by(waiting_calls.c.since.desc(), waiting_calls.c.token)
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(newest)).one_or_none()
            return self._waiting(row) if row else None

    async def open(self, tenant: str) -> Sequence[Waiting]:
        wanted = (
            select(waiting_calls)
            .where(waiting_calls.c.tenant_id == tenant)
            .where(waiting_calls.c.state != WaitingState.GONE.value)
            .order_by(waiting_calls.c.priority.desc(), waiting_calls.c.since, waiting_calls.c.token)
        )
        async with self._database.read() as connection:
            return [self._waiting(row) for row in await connection.execute(wanted)]

    async def change(self, before: Waiting, after: Waiting, move: Move | None = None) -> bool:
        if (before.tenant, before.token) != (after.tenant, after.token):
            raise ValueError("before and after are not the same waiting call")
        row = self._row(after) | {"version": before.version + 1}

        async def job(connection: Connection) -> bool:
            changed = await connection.execute(
                update(waiting_calls)
                .where(waiting_calls.c.tenant_id == before.tenant)
                .where(waiting_calls.c.token == before.token)
                .where(waiting_calls.c.version == before.version)
                .values(row)
            )
            if changed.rowcount == 1:
                await move_with(connection, move)
            return changed.rowcount == 1

        try:
            return await self._database.write(job)
        except (IntegrityError, NotAsRead):  # or the operator has another call by now
            return False

    async def _find(self, connection: Connection, tenant: str, token: str) -> Waiting | None:
        wanted = select(waiting_calls).where(
            waiting_calls.c.tenant_id == tenant, waiting_calls.c.token == token
        )
        row = (await connection.execute(wanted)).one_or_none()
        return self._waiting(row) if row else None

    def _row(self, waiting: Waiting) -> dict[str, Any]:
        private = {
            "reason": waiting.reason,
            "attributes": dict(waiting.attributes),
            "operator_leg": waiting.operator_leg,
            "placed": waiting.placed,
            "aside_until": waiting.aside_until.isoformat() if waiting.aside_until else "",
        }
        return {
            "tenant_id": waiting.tenant,
            "token": waiting.token,
            "version": waiting.version,
            "call_ref": waiting.call_ref,
            "queue": waiting.queue,
            "priority": waiting.priority,
            "since": waiting.since,
            "max_wait": waiting.max_wait,
            "dialled": waiting.dialled,
            "state": waiting.state.value,
            "offered_to": waiting.offered_to,
            "offered_until": waiting.offered_until,
            "refused_by": list(waiting.refused_by),
            "private": self._sealer.seal(waiting.tenant, _place(waiting.token), private),
        }

    def _waiting(self, row: Row[Any]) -> Waiting:
        private: dict[str, Any] = self._sealer.unseal(row.tenant_id, _place(row.token), row.private)
        return Waiting(
            tenant=row.tenant_id,
            token=row.token,
            call_ref=row.call_ref,
            queue=row.queue,
            priority=row.priority,
            since=row.since,
            max_wait=row.max_wait,
            reason=private["reason"],
            attributes=private["attributes"],
            dialled=row.dialled,
            state=WaitingState(row.state),
            offered_to=row.offered_to,
            offered_until=row.offered_until,
            refused_by=tuple(row.refused_by),
            operator_leg=private["operator_leg"],
            placed=private.get("placed", False),
            aside_until=_moment(private.get("aside_until", "")),
            version=row.version,
        )


class SqlOperators:
    """Staff with the role `operator` who are not disabled; offline until they say otherwise."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def by_id(self, tenant: str, operator: str) -> Operator | None:
        found = await self._where(staff.c.tenant_id == tenant, staff.c.id == operator)
        return found[0] if found else None

    async def all(self, tenant: str) -> Sequence[Operator]:
        return await self._where(staff.c.tenant_id == tenant)

    async def set_presence(
        self, tenant: str, operator: str, presence: Presence, *, at: datetime, idle: bool
    ) -> None:
        changed: dict[str, Any] = {"presence": presence.value, "presence_since": at}
        if presence not in BUSY:
            changed["after_call"] = None
        if idle:
            changed["idle_since"] = at
        row = {"tenant_id": tenant, "staff_id": operator, "idle_since": at} | changed

        async def job(connection: Connection) -> None:
            await connection.execute(
                upsert(connection, operator_presence)
                .values(row)
                .on_conflict_do_update(
                    index_elements=[operator_presence.c.tenant_id, operator_presence.c.staff_id],
                    set_=changed,
                )
            )

        await self._database.write(job)

    async def move(self, move: Move) -> bool:
        async def job(connection: Connection) -> None:
            await move_with(connection, move)

        try:
            await self._database.write(job)
        except NotAsRead:
            return False
        return True

    async def wish(self, tenant: str, operator: str, after_call: Presence | None) -> bool:
        mine = operator_presence.c

        async def job(connection: Connection) -> bool:
            changed = await connection.execute(
                update(operator_presence)
                .where(mine.tenant_id == tenant, mine.staff_id == operator)
                .where(mine.presence.in_(sorted(state.value for state in BUSY)))
                .values(after_call=after_call.value if after_call else None)
            )
            return changed.rowcount == 1

        return await self._database.write(job)

    async def _where(self, *conditions: Any) -> list[Operator]:
        presence = operator_presence.c
        joined = staff.outerjoin(
            operator_presence,
            (presence.tenant_id == staff.c.tenant_id) & (presence.staff_id == staff.c.id),
        )
        wanted = (
            select(
                staff,
                presence.presence,
                presence.idle_since,
                presence.presence_since,
                presence.after_call,
            )
            .select_from(joined)
            .where(staff.c.disabled.is_(False), *conditions)
            .order_by(staff.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [self._operator(row) for row in rows if OPERATOR in row.roles]

    def _operator(self, row: Row[Any]) -> Operator:
        private: dict[str, Any] = self._sealer.unseal(
            row.tenant_id, staff_place(row.id), row.private
        )
        return Operator(
            tenant=row.tenant_id,
            id=row.id,
            name=private["name"],
            phone=private["phone"],
            queues=tuple(row.queues),
            presence=Presence(row.presence or Presence.OFFLINE.value),
            idle_since=row.idle_since or row.added_at,
            presence_since=row.presence_since or row.added_at,
            after_call=Presence(row.after_call) if row.after_call else None,
        )


class NotAsRead(Exception):
    """Something has become of the operator meanwhile: what was to change with them is undone."""


async def move_with(connection: Connection, move: Move | None) -> None:
    """In the transaction of a row that changes with it. Raises NotAsRead."""
    if move is None:
        return
    mine, known = operator_presence.c, move.known
    changed: dict[str, Any] = {"presence": move.presence.value, "presence_since": move.at}
    if move.presence not in BUSY:
        changed["after_call"] = None
    moved = await connection.execute(
        update(operator_presence)
        .where(mine.tenant_id == known.tenant, mine.staff_id == known.id)
        .where(mine.presence == known.presence.value, mine.presence_since == known.presence_since)
        .where(mine.after_call == (known.after_call.value if known.after_call else None))
        .values(changed)
    )
    if moved.rowcount != 1:
        raise NotAsRead


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _place(token: str) -> tuple[str, ...]:
    return ("waiting_calls", "private", token)
