"""PostgreSQL over a wire: READ COMMITTED with explicit row locks."""

from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import psycopg
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from stores.sql.engines.connection import BUSY_SECONDS, Connection, T
from stores.sql.engines.questions import Given, Question

SERVER_SETTINGS: Final = (
    "-c TimeZone=UTC -c synchronous_commit=on"
    f" -c lock_timeout={BUSY_SECONDS * 1000} -c idle_in_transaction_session_timeout=60000"
)


class PostgresqlEngine:
    """The engine of the port in `connection`."""

    def __init__(self, url: URL, *, pool_size: int) -> None:
        self._engine = _engine(url, pool_size)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        return self._reader.connect()

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        found: Sequence[Any]
        async with self._reader.connect() as connection:
            worded = question.worded(connection.dialect)
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                cursor = await driver.execute(worded.text, worded.values(given))
                found = await cursor.fetchall()
            except psycopg.Error:  # said, and answered, as the library does
                found = (await connection.execute(question.statement, given)).all()
            else:
                found = [worded.row(raw) for raw in found]
        return found

    def begin(self) -> AbstractAsyncContextManager[Connection]:
        return self._engine.begin()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        return await work

    async def close(self) -> None:
        await self._engine.dispose()


def _engine(url: URL, pool_size: int) -> AsyncEngine:
    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} {SERVER_SETTINGS}".strip()
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={"options": options, "application_name": "kazasu"},
        hide_parameters=True,  # a failed statement's text may be logged, its values never
    )
