"""Private columns under another key than the present one: how many there are, and sealed anew.

A row is changed only while it still holds what was read, so a change that comes in between stands:
it is sealed under the present key itself. Broken off at any moment, the next run goes on with what
is left. Evidence has keys of its own, and live sessions go by themselves.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, and_, func, select, tuple_, update

from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import (
    holders,
    live_verdicts,
    pairings,
    waiting_enrolments,
)
from stores.sql.schema.outbound import callbacks
from stores.sql.schema.phone_side import calls, sessions, staff, waiting_calls
from stores.sql.sealing import SealBroken, Sealer

SEALED: Final[Mapping[Table, Column[Any]]] = {
    holders: holders.c.contract_ref,
    waiting_enrolments: waiting_enrolments.c.id,
    staff: staff.c.id,
    pairings: pairings.c.id,
    live_verdicts: live_verdicts.c.pairing_id,
    calls: calls.c.call_ref,
    waiting_calls: waiting_calls.c.token,
    callbacks: callbacks.c.id,
}
"""Every table with a column `private`, and the key that its place in the seal names."""
AT_ONCE: Final = 100
"""Rows of one transaction: calls that want to write do not wait for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Of one batch. `after` is where the next begins, None when there is no more."""

    done: int
    unreadable: int
    after: tuple[str, str] | None


class Resealing:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def under(self, header: bytes) -> Mapping[str, int]:
        """How many rows of which table are sealed under that key; live sessions as `sessions`."""
        return await self._counted(lambda column: func.substr(column, 1, len(header)) == header)

    async def under_no_key(self) -> Mapping[str, int]:
        """The same of rows under a key that is not known here."""
        known = [self._sealer.header, *self._sealer.older_headers]
        return await self._counted(
            lambda column: and_(*(func.substr(column, 1, len(one)) != one for one in known))
        )

    async def _counted(self, which: Callable[[Any], Any]) -> Mapping[str, int]:
        found: Counter[str] = Counter()
        columns = [(table, table.c.private) for table in SEALED] + [(sessions, sessions.c.body)]
        for table, column in columns:
            wanted = select(func.count()).select_from(table).where(which(column))
            async with self._database.read() as connection:
                found[table.name] = int((await connection.execute(wanted)).scalar_one())
        return +found

    async def left(self, table: Table) -> int:
        """How many rows of one table are under any other key than the present one."""
        wanted = select(func.count()).select_from(table).where(self._older(table))
        async with self._database.read() as connection:
            return int((await connection.execute(wanted)).scalar_one())

    async def turn(self, table: Table, after: tuple[str, str] | None) -> Turn:
        """The next rows of `table`. What no key opens stays as it is, and is counted."""
        rows = await self._next(table, after)
        anew: list[tuple[Any, bytes]] = []
        for row in rows:
            try:
                anew.append((row, self._anew(table, row)))
            except SealBroken:
                continue
        key = SEALED[table]

        async def job(connection: Connection) -> int:
            done = 0
            for row, sealed in anew:
                changed = await connection.execute(
                    update(table)
                    .where(table.c.tenant_id == row.tenant_id, key == row.key)
                    .where(table.c.private == row.private)
                    .values(private=sealed)
                )
                done += changed.rowcount
            return done

        return Turn(
            done=await self._database.write(job) if anew else 0,
            unreadable=len(rows) - len(anew),
            after=(rows[-1].tenant_id, rows[-1].key) if len(rows) == AT_ONCE else None,
        )

    async def _next(self, table: Table, after: tuple[str, str] | None) -> Sequence[Any]:
        key = SEALED[table]
        wanted = (
            select(table.c.tenant_id, key.label("key"), table.c.private)
            .where(self._older(table))
            .order_by(table.c.tenant_id, key)
            .limit(AT_ONCE)
        )
        if after is not None:
            wanted = wanted.where(tuple_(table.c.tenant_id, key) > after)
        async with self._database.read() as connection:
            return list(await connection.execute(wanted))

    def _older(self, table: Table) -> Any:
        header = self._sealer.header
        return func.substr(table.c.private, 1, len(header)) != header

    def _anew(self, table: Table, row: Any) -> bytes:
        place = (table.name, "private", row.key)
        return self._sealer.seal(
            row.tenant_id, place, self._sealer.unseal(row.tenant_id, place, row.private)
        )
