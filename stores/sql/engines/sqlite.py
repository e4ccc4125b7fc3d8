"""A SQLite file in this process: WAL with synchronous=FULL (with NORMAL a power loss may drop
acknowledged commits), one writer, one reader that cannot write.

What is read is there in microseconds, so it is read where it is asked for: in WAL mode no writer
keeps a reader waiting. The few who do (somebody recovers the file after a crash, or holds all of
it) are waited for without holding up the event loop. A commit waits for the disk, so transactions
have a thread of their own; a whole one is handed over at once, not each of its statements.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import URL, CursorResult, Dialect, Executable, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import TypedReturnsRows

from stores.sql.engines.connection import BUSY_SECONDS, Connection, Parameters, T
from stores.sql.engines.questions import Given, Order, Question, Words, failed

_Columns = TypeVarTuple("_Columns")
_LOOK_AGAIN: Final = 0.02
# Of the same name at every depth: SQLite means the innermost.
_SAVEPOINT, _BACK_TO_SAVEPOINT, _RELEASE, _BEGIN = (
    Words(text=text, names=(), _fixed={}, _into=())
    for text in (
        "SAVEPOINT one",
        "ROLLBACK TO SAVEPOINT one",
        "RELEASE SAVEPOINT one",
        "BEGIN IMMEDIATE",
    )
)


class SqliteEngine:
    """`url` names a file. The engine of the port in `connection`."""

    def __init__(self, url: URL) -> None:
        make_private_file(url)
        self._writer = _writer(url)
        self._reader = _reader(url)
        self._reading: sqlalchemy.Connection | None = None
        self._writing: sqlalchemy.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sql writer")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One connection is shared by all who read: none of them is in a transaction."""
        yield _Read(await _patiently(self._connected))

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        connection = await _patiently(self._connected)
        worded = question.worded(connection.dialect)
        driver: Any = connection.connection.driver_connection
        try:
            found = driver.execute(worded.text, worded.values(given)).fetchall()
        except sqlite3.Error:  # said, waited for and answered as the library does
            return await _patiently(lambda: connection.execute(question.statement, given).all())
        return [worded.row(raw) for raw in found]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """Blocks until it has the one right to write: for `run` only. One connection is kept, as
        there is one thread."""
        if self._writing is None or self._writing.invalidated:
            self._writing = self._writer.connect()
        connection = self._writing
        try:
            with connection.begin():
                yield _Local(connection)
        finally:
            driver: Any = connection.connection.driver_connection
            if driver.in_transaction:  # neither committed nor rolled back: not to be used again
                self._writing = None
                connection.close()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _at_once, work)

    def _connected(self) -> sqlalchemy.Connection:
        if self._reading is None or self._reading.invalidated:
            self._reading = self._reader.connect()
        return self._reading

    async def close(self) -> None:
        self._thread.shutdown()
        if self._reading is not None:
            self._reading.close()
        if self._writing is not None:
            self._writing.close()
        self._writer.dispose()
        self._reader.dispose()


class _Local:
    """A `Connection` whose words never wait for the event loop, but for `_Read`."""

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
        return await self._done(lambda: self._connection.execute(statement, parameters))

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]:
        return await self._done(lambda: self._connection.exec_driver_sql(statement))

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        worded = question.worded(self.dialect)
        rows = await self._done(lambda: self._said(worded, worded.values(given)).fetchall())
        return [worded.row(raw) for raw in rows]

    async def tell(self, order: Order, given: Sequence[Given]) -> int:
        return await self._done(lambda: self._tell(order, given))

    async def _done(self, use: Callable[[], T]) -> T:
        return use()

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[object]:
        self._said(_SAVEPOINT, ())
        try:
            yield None
        except BaseException:
            self._said(_BACK_TO_SAVEPOINT, ())
            self._said(_RELEASE, ())
            raise
        self._said(_RELEASE, ())

    def _tell(self, order: Order, given: Sequence[Given]) -> int:
        words = order.worded(self.dialect)
        values = [words.values(one) for one in given]
        many = len(values) > 1
        done = self._said(words, values if many else values[0], many=many)
        met: int = done.rowcount
        return met

    def _said(self, words: Words, values: Sequence[Any], *, many: bool = False) -> Any:
        driver: Any = self._connection.connection.driver_connection
        say = driver.executemany if many else driver.execute
        try:
            return say(words.text, values)
        except sqlite3.Error as failure:
            raise failed(words, failure, self.dialect) from failure


class _Read(_Local):
    """The same on the event loop: nobody else is kept waiting by who waits for the file."""

    __slots__ = ()

    async def _done(self, use: Callable[[], T]) -> T:
        return await _patiently(use)


async def _patiently(use: Callable[[], T]) -> T:
    """As long as a writer waits for its lock; done at once, as it always is, it never waits."""
    until = None
    while True:
        try:
            return use()
        except DBAPIError as failure:
            now = asyncio.get_running_loop().time()
            until = until or now + BUSY_SECONDS
            if not is_busy(failure) or now >= until:
                raise
        await asyncio.sleep(_LOOK_AGAIN)


def is_busy(failure: DBAPIError) -> bool:
    """Somebody else has the file, or the part of it that was wanted."""
    name: str = getattr(failure.orig, "sqlite_errorname", "")
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


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
        f"busy_timeout = {0 if query_only else BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # Keys of contents, sessions, numbers: what is deleted or replaced is gone from the file
        # too. Builds of SQLite differ in what they do unasked.
        "secure_delete = ON",
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
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute(_BEGIN.text)
        except sqlite3.Error as failure:
            raise failed(_BEGIN, failure, connection.dialect) from failure

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
