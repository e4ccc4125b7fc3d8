"""A SQLite file in this process: WAL with synchronous=FULL (with NORMAL a power loss may drop
acknowledged commits), one writer, one reader that cannot write.

What is read is there in microseconds, so it is read where it is asked for: in WAL mode no writer
keeps a reader waiting. A commit waits for the disk, so transactions have a thread of their own; a
whole one is handed over at once, not each of its statements.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import URL, CursorResult, Dialect, Executable, StaticPool, create_engine, event
from sqlalchemy.sql.selectable import TypedReturnsRows

from stores.sql.engines.connection import BUSY_SECONDS, Connection, Parameters, T

_Columns = TypeVarTuple("_Columns")


class SqliteEngine:
    """`url` names a file. The engine of the port in `connection`."""

    def __init__(self, url: URL) -> None:
        make_private_file(url)
        self._writer = _writer(url)
        self._reader = _reader(url)
        self._reading: sqlalchemy.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sql writer")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One connection is shared by all who read: none of them is in a transaction."""
        if self._reading is None or self._reading.invalidated:
            self._reading = self._reader.connect()
        yield _Local(self._reading)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """Blocks until it has the one right to write: for `run` only."""
        with self._writer.begin() as connection:
            yield _Local(connection)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _at_once, work)

    async def close(self) -> None:
        self._thread.shutdown()
        if self._reading is not None:
            self._reading.close()
        self._writer.dispose()
        self._reader.dispose()


class _Local:
    """A `Connection` whose words never wait for the event loop."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlalchemy.Connection) -> None:
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
        return self._connection.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]:
        return self._connection.exec_driver_sql(statement)

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[object]:
        with self._connection.begin_nested() as savepoint:
            yield savepoint


def make_private_file(url: URL) -> None:
    """Create the SQLite file readable by its owner only; its WAL takes over the same mode."""
    assert url.database is not None
    descriptor = os.open(url.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def prepare_sqlite(connection: Any, *, query_only: bool) -> None:
    """Settings of one DBAPI connection, before anything else happens on it."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"query_only = {'ON' if query_only else 'OFF'}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits. RuntimeError for one that does."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("a transaction in SQLite waits for nothing but its own statements")


def _writer(url: URL) -> sqlalchemy.Engine:
    engine = create_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin too late, and deferred
        prepare_sqlite(connection, query_only=False)

    @event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _reader(url: URL) -> sqlalchemy.Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
        execution_options={"isolation_level": "AUTOCOMMIT"},
        pool_reset_on_return=None,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        prepare_sqlite(connection, query_only=True)

    return engine
