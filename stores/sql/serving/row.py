"""On SQLite: a row with a heartbeat, taken over when it is stale or its process seen to be dead."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import delete, insert, select, update

from stores.sql.database import Database
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import serving
from stores.sql.serving.ports import AlreadyServed
from stores.sql.serving.process import Process, is_dead, this_process

_log = structlog.get_logger()
STALE_SECONDS: Final = 15


@dataclass(slots=True)
class RowServing:
    """`life` names this one row; `me` is given by tests that play another machine."""

    database: Database
    tenant: str
    alone: bool = field(kw_only=True)
    life: str = field(default_factory=lambda: secrets.token_hex(8), kw_only=True)
    me: Process = field(default_factory=this_process, kw_only=True)
    _held: bool = False

    @property
    def held(self) -> bool:
        return self._held

    async def begin(self) -> None:
        refused = await self._take()
        if refused:
            raise AlreadyServed(refused)

    async def beat(self) -> None:
        """A row that is gone was taken for dead (this process stood still): ask for it again."""
        refused = await self._take()
        if refused:
            _log.error("serving_lost", what=refused)

    async def end(self) -> None:
        async def job(connection: Connection) -> None:
            await connection.execute(
                delete(serving).where(
                    serving.c.tenant_id == self.tenant, serving.c.life == self.life
                )
            )

        self._held = False
        await self.database.write(job)

    async def _take(self) -> str:
        """Write the row, new or again; "" when that is fine, else who is in the way."""

        async def job(connection: Connection) -> str:
            mine = serving.c.tenant_id == self.tenant
            beaten = await connection.execute(
                update(serving).where(mine, serving.c.life == self.life).values(beat_at=clock())
            )
            if beaten.rowcount == 1:
                return ""
            await connection.execute(
                delete(serving).where(mine, serving.c.beat_at < clock(-STALE_SECONDS))
            )
            for row in (await connection.execute(select(serving).where(mine))).all():
                other = Process(row.machine, row.pid, row.pid_since)
                if is_dead(other, self.me):
                    gone = delete(serving).where(mine, serving.c.life == row.life)
                    await connection.execute(gone)
                elif self.alone or row.alone:
                    return _words(other, row.began_at)
            values = {"machine": self.me.machine, "pid": self.me.pid, "pid_since": self.me.since}
            await connection.execute(
                insert(serving).values(
                    tenant_id=self.tenant,
                    life=self.life,
                    alone=self.alone,
                    began_at=clock(),
                    beat_at=clock(),
                    **values,
                )
            )
            return ""

        refused = await self.database.write(job)
        self._held = not refused
        return refused


def _words(other: Process, began_at: datetime) -> str:
    return f"process {other.pid} on {other.machine.split()[0]}, since {began_at:%Y-%m-%d %H:%M} UTC"
