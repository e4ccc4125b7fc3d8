"""Which processes serve this deployment: one alone, or several that share Redis.

Each says so while it lives, and a process that does not fit beside those that are there is refused.
SQLite: a row with a heartbeat, taken over when stale or when its process is seen to be dead.
PostgreSQL: a session-level advisory lock on a connection of its own (several share it, one alone
has it to itself); the server frees it when the connection ends, however the process did.
"""

import asyncio
import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import structlog
from sqlalchemy import NullPool, delete, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stores.sql.database import Database, database_url
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import serving

_log = structlog.get_logger()
BEAT_SECONDS: Final = 5.0
STALE_SECONDS: Final = 15
_PATIENCE: Final = 2.0
"""Seconds in which a connection of a process that was killed is seen to be dead."""
_ANSWERS_WITHIN: Final = 3.0


class AlreadyServed(Exception):
    """Another process is there, and the two do not go together. `by` says which, for a person."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Serving(Protocol):
    """`held`: whether this process may serve. It may stop being so, and become so again."""

    @property
    def held(self) -> bool: ...

    async def begin(self) -> None:
        """AlreadyServed."""
        ...

    async def beat(self) -> None:
        """Every `BEAT_SECONDS`: still here; what was lost is asked for again."""
        ...

    async def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Process:
    """This process as others can tell whether it lives: the same words mean the same machine, and
    `since` tells it from a later one of the same `pid`."""

    machine: str
    pid: int
    since: str


def serving_of(database: Database, url: str, tenant: str, *, alone: bool) -> Serving:
    """`alone`: no other may serve beside it."""
    if database.is_sqlite:
        return RowServing(database, tenant, alone=alone)
    return LockServing(url, tenant, alone=alone)


@dataclass(slots=True)
class RowServing:
    """`life` names this one row; `me` is given by tests that play another machine."""

    database: Database
    tenant: str
    alone: bool = field(kw_only=True)
    life: str = field(default_factory=lambda: secrets.token_hex(8), kw_only=True)
    me: Process = field(default_factory=lambda: this_process(), kw_only=True)
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
        async def job(connection: AsyncConnection) -> None:
            await connection.execute(
                delete(serving).where(
                    serving.c.tenant_id == self.tenant, serving.c.life == self.life
                )
            )

        self._held = False
        await self.database.write(job)

    async def _take(self) -> str:
        """Write the row, new or again; "" when that is fine, else who is in the way."""

        async def job(connection: AsyncConnection) -> str:
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
                if _is_dead(other, self.me):
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


class LockServing:
    def __init__(self, url: str, tenant: str, *, alone: bool) -> None:
        self._engine = _engine(url)
        self._connection: AsyncConnection | None = None
        number = int.from_bytes(
            sha256(f"kazasu serves {tenant}".encode()).digest()[:8], signed=True
        )
        lock = "pg_try_advisory_lock" if alone else "pg_try_advisory_lock_shared"
        self._take = text(f"SELECT {lock}({number})")

    @property
    def held(self) -> bool:
        return self._connection is not None

    async def begin(self) -> None:
        """SQLAlchemyError when the database cannot be asked."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while not await self._taken():
            if loop.time() > until:
                raise AlreadyServed("")
            await asyncio.sleep(0.1)

    async def beat(self) -> None:
        if self._connection is not None:
            try:
                async with asyncio.timeout(_ANSWERS_WITHIN):
                    await self._connection.execute(text("SELECT 1"))
                return
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                _log.error("serving_lost", error=type(error).__name__)
                await self._let_go()
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN):
                await self._taken()
        except (SQLAlchemyError, OSError, TimeoutError):
            return  # said when it was lost, and asked again at the next beat

    async def end(self) -> None:
        await self._let_go()
        await self._engine.dispose()

    async def _taken(self) -> bool:
        connection = await self._engine.connect()
        try:
            taken = bool((await connection.execute(self._take)).scalar_one())
        except BaseException:
            await connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            await connection.close()
        return taken

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN):
                await connection.invalidate()
                await connection.close()
        except (SQLAlchemyError, OSError, TimeoutError):
            pass  # the server lets go by itself


def _engine(url: str) -> AsyncEngine:
    """A machine that vanishes is noticed within half a minute, by both sides."""
    noticed = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    options = "".join(f" -c tcp_{name}={value}" for name, value in noticed.items())
    parsed = database_url(url)
    given = parsed.query.get("options", "")
    given = given if isinstance(given, str) else " ".join(given)
    return create_async_engine(
        parsed,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "options": f"{given}{options}".strip(),
            "application_name": "kazasu serving",
            **noticed,
        },
        hide_parameters=True,
    )


def this_process() -> Process:
    """Name, boot and process space of the machine; pid and its start as the kernel counts them."""
    boot = _line("/proc/sys/kernel/random/boot_id")
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    pid = os.getpid()
    return Process(f"{socket.gethostname()} {boot} {space}".strip(), pid, _since(pid))


def _is_dead(other: Process, me: Process) -> bool:
    """Only what this machine can see for itself; for others the heartbeat tells."""
    if other.machine != me.machine:
        return False
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _since(other.pid) != other.since


def _since(pid: int) -> str:
    """Start time in ticks since the boot (proc(5), field 22); "" where there is no such file."""
    return (_line(f"/proc/{pid}/stat").rpartition(")")[2].split() or [""] * 20)[19]


def _line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _words(other: Process, began_at: datetime) -> str:
    return f"process {other.pid} on {other.machine.split()[0]}, since {began_at:%Y-%m-%d %H:%M} UTC"
