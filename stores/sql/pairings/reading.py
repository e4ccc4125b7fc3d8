"""Looking at pairings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from identity.pairing.model import (
    NO_CALL,
    CallRef,
    InstallationId,
    Mode,
    Pairing,
    PairingId,
    PersonId,
)
from identity.pairing.outcomes import Status
from identity.pairing.ports import Marks
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Question
from stores.sql.pairings.rows import BEGUN_BY, from_row
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import locator_uses, pairings
from stores.sql.sealing import SealBroken, Sealer

_log = structlog.get_logger()
_MOST_SAID: Final = 1000
"""Unreadable rows that one process names in its log, once each."""
PENDING = pairings.c.status == Status.PENDING.value
# Asked at every turn of a hold; made once, as putting it together costs more than its answer.
_OF_CALL: Final = (
    pairings.c.tenant_id == bindparam("of_tenant"),
    pairings.c.call_ref == bindparam("of_call"),
)
_BY_CALL: Final = Question(
    select(pairings)
    .where(*_OF_CALL)
    .order_by(func.coalesce(pairings.c.arrived_at, pairings.c.opened_at), pairings.c.id)
)
_MARKS: Final = Question(select(pairings.c.id, pairings.c.version).where(*_OF_CALL))


def _led_by(locator_hash: bytes) -> Select[Any]:
    used_by = select(locator_uses.c.pairing_id).where(locator_uses.c.locator_hash == locator_hash)
    return select(pairings).where(pairings.c.id == used_by.scalar_subquery())


async def find(
    connection: Connection, sealer: Sealer, tenant: TenantId, pairing: PairingId
) -> Pairing | None:
    """One pairing as this transaction sees it."""
    wanted = select(pairings).where(pairings.c.tenant_id == tenant, pairings.c.id == pairing)
    row = (await connection.execute(wanted)).one_or_none()
    return from_row(row, sealer) if row else None


async def find_pending(
    connection: Connection, sealer: Sealer, tenant: TenantId, call_ref: CallRef
) -> Pairing | None:
    """The open pairing of a call."""
    wanted = select(pairings).where(
        pairings.c.tenant_id == tenant, pairings.c.call_ref == call_ref, PENDING
    )
    row = (await connection.execute(wanted)).one_or_none()
    return from_row(row, sealer) if row else None


async def find_without_call(
    connection: Connection, sealer: Sealer, installation: InstallationId
) -> Pairing | None:
    """The open pairing that an installation has without a call."""
    wanted = select(pairings).where(
        pairings.c.claimed_by == installation, pairings.c.call_ref == NO_CALL, PENDING
    )
    row = (await connection.execute(wanted)).one_or_none()
    return from_row(row, sealer) if row else None


class PairingReads:
    """The questions of the port `Pairings`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._said: set[str] = set()

    async def by_id(self, tenant: TenantId, pairing: PairingId) -> Pairing | None:
        async with self._database.read() as connection:
            return await find(connection, self._sealer, tenant, pairing)

    async def by_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[Pairing]:
        found = await self._database.ask(_BY_CALL, {"of_tenant": tenant, "of_call": call_ref})
        return [from_row(row, self._sealer) for row in found]

    async def marks(self, tenant: TenantId, call_ref: CallRef) -> Marks:
        found = await self._database.ask(_MARKS, {"of_tenant": tenant, "of_call": call_ref})
        return frozenset((PairingId(row.id), row.version) for row in found)

    async def claimed(self, installation: InstallationId, pairing: PairingId) -> Pairing | None:
        found = await self._select(
            select(pairings).where(pairings.c.id == pairing, pairings.c.claimed_by == installation)
        )
        return found[0] if found else None

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        found = await self._select(_led_by(locator_hash).where(PENDING))
        return found[0] if found else None

    async def by_ticket(self, locator_hash: bytes) -> Pairing | None:
        found = await self._select(_led_by(locator_hash))
        return found[0] if found else None

    async def overdue(self, at_most: int) -> Sequence[Pairing]:
        """A row that does not open stays as it is, and keeps no other from its end."""
        now = select(clock()).scalar_subquery()  # asked once, so that the index is used
        unclaimed = and_(pairings.c.claimed_by.is_(None), pairings.c.claim_by <= now)
        wanted = (
            select(pairings)
            .where(
                PENDING,
                or_(pairings.c.expires_at <= now, pairings.c.step_by <= now, unclaimed),
            )
            .order_by(pairings.c.expires_at, pairings.c.id)
            .limit(at_most)
        )
        found: list[Pairing] = []
        looked = 0
        async with self._database.read() as connection:
            while len(found) < at_most:
                rows = list(await connection.execute(wanted.offset(looked)))
                looked += len(rows)
                found += self._readable(rows)
                if len(rows) < at_most:
                    break
        return found[:at_most]

    def _readable(self, rows: Sequence[Row[Any]]) -> list[Pairing]:
        found = []
        for row in rows:
            try:
                found.append(from_row(row, self._sealer))
            except (SealBroken, ValueError, KeyError, TypeError) as error:
                if row.id not in self._said and len(self._said) < _MOST_SAID:
                    self._said.add(row.id)
                    _log.error(
                        "pairing_unreadable", call_ref=row.call_ref, error=type(error).__name__
                    )
        return found

    async def proven_before(
        self, tenant: TenantId, person: PersonId, *, since: datetime
    ) -> Sequence[Pairing]:
        return await self._select(
            select(pairings)
            .where(
                pairings.c.tenant_id == tenant,
                pairings.c.person_id == person,
                pairings.c.status == Status.COMPLETE.value,
                pairings.c.ended_at >= since,
            )
            .order_by(pairings.c.ended_at.desc(), pairings.c.id)
        )

    async def of_installation(
        self, tenant: TenantId, installation: InstallationId, *, since: datetime
    ) -> Sequence[Pairing]:
        return await self._select(
            select(pairings)
            .where(
                pairings.c.tenant_id == tenant,
                pairings.c.claimed_by == installation,
                pairings.c.status != Status.PENDING.value,
                pairings.c.verdict.is_not(None),
                pairings.c.ended_at >= since,
            )
            .order_by(pairings.c.ended_at.desc(), pairings.c.id)
        )

    async def begun_at_desk(
        self, tenant: TenantId, account: str, *, since: datetime, at_most: int
    ) -> Sequence[Pairing]:
        return await self._select(
            select(pairings)
            .where(
                pairings.c.tenant_id == tenant,
                pairings.c.call_ref == NO_CALL,
                pairings.c.opened_at >= since,
                pairings.c.mode == Mode.DESK.value,
                pairings.c.facts[BEGUN_BY].as_string() == account,
            )
            .order_by(pairings.c.opened_at.desc(), pairings.c.id)
            .limit(at_most)
        )

    async def _select(self, query: Select[Any]) -> list[Pairing]:
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [from_row(row, self._sealer) for row in rows]
