"""On PostgreSQL: a session-level advisory lock on a connection of its own.

Several may share it, one alone has it to itself. The server frees it when the connection ends,
however the process did.
"""

import asyncio
from hashlib import sha256
from typing import Final

import structlog
from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stores.sql.database import database_url
from stores.sql.serving.ports import AlreadyServed

_log = structlog.get_logger()
_PATIENCE: Final = 2.0
"""Seconds in which a connection of a process that was killed is seen to be dead."""
_ANSWERS_WITHIN: Final = 3.0


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
