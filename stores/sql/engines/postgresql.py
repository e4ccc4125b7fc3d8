"""PostgreSQL over a wire: READ COMMITTED with explicit row locks."""

from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeVarTuple, overload

import psycopg
from sqlalchemy import URL, CursorResult, Dialect, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.selectable import TypedReturnsRows

from stores.sql.engines.connection import BUSY_SECONDS, Connection, Parameters, T
from stores.sql.engines.questions import Given, Order, Question, Words, failed

_Columns = TypeVarTuple("_Columns")

SERVER_SETTINGS: Final = (
    "-c TimeZone=UTC -c synchronous_commit=on"
    f" -c lock_timeout={BUSY_SECONDS * 1000} -c idle_in_transaction_session_timeout=60000"
)


class PostgresqlEngine:
    """The engine of the port in `connection`."""

    def __init__(self, url: URL, *, pool_size: int) -> None:
        self._engine = _engine(url, pool_size)
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        async with self._reader.connect() as connection:
            yield _Remote(connection)

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

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        async with self._engine.begin() as connection:
            yield _Remote(connection)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        return await work

    async def close(self) -> None:
        await self._engine.dispose()


class _Remote:
    """A `Connection` over the wire."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*_Columns], parameters: Parameters | None = None
    ) -> CursorResult[*_Columns]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        return await self._connection.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]:
        return await self._connection.exec_driver_sql(statement)

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        worded = question.worded(self.dialect)
        async with self._said(worded, worded.values(given)) as cursor:
            return [worded.row(raw) for raw in await cursor.fetchall()]

    async def tell(self, order: Order, given: Sequence[Given]) -> int:
        words = order.worded(self.dialect)
        values = [words.values(one) for one in given]
        many = len(values) > 1
        async with self._said(words, values if many else values[0], many=many) as cursor:
            met: int = cursor.rowcount
            return met

    @asynccontextmanager
    async def _said(self, words: Words, values: Any, *, many: bool = False) -> AsyncIterator[Any]:
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        async with driver.cursor() as cursor:
            try:
                await (cursor.executemany if many else cursor.execute)(words.text, values)
            except psycopg.Error as failure:
                raise failed(words, failure, self.dialect) from failure
            yield cursor

    def begin_nested(self) -> AbstractAsyncContextManager[object]:
        return self._connection.begin_nested()


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
