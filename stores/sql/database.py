"""The engine of one database, its transactions and its clock. SQLite file or PostgreSQL by URL.

SQLite: WAL with synchronous=FULL (with NORMAL a power loss may drop acknowledged commits), one
writer, readers that cannot write. PostgreSQL: READ COMMITTED with explicit row locks.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeAlias, cast

from sqlalchemy import URL, Table, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stores.sql.schema.columns import clock
from stores.sql.writer import Job, T, Writer

TRIES = 4
BUSY_SECONDS = 2
"""How long one try waits for a lock or a connection: with all tries, under 10 s of a call."""
RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""
SERVER_SETTINGS = (
    "-c TimeZone=UTC -c synchronous_commit=on"
    " -c lock_timeout=2000 -c idle_in_transaction_session_timeout=60000"
)

Heard: TypeAlias = Callable[[str, float, bool], None]
"""A use of the database (`read`, `write`, `group`), its seconds with all waiting, if it raised."""


class Database:
    """One per process. `read` for looking, `write` for changing, `write_grouped` for evidence."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = database_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            make_private_file(parsed)
            self._engine = _sqlite_writer(parsed)
            self._reader = _sqlite_reader(parsed, pool_size)
        else:
            self._engine = _postgresql(parsed, pool_size)
            self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = Writer(self._engine)
        self._hears: Heard = _nobody

    def watch(self, hears: Heard) -> None:
        """Tell somebody of every use from now on, for metrics. It must not raise."""
        self._hears = hears

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction: every statement sees what is committed by then."""
        with self._heard("read"):
            async with self._reader.connect() as connection:
                yield connection

    async def write(self, job: Job[T]) -> T:
        """Run a job in a transaction, again when the database says so; errors roll it back."""
        with self._heard("write"):
            return await self._persist(self._writer.run if self.is_sqlite else self._alone, job)

    async def write_grouped(self, job: Job[T]) -> T:
        """As `write`, sharing one commit with others that come at the same time."""
        with self._heard("group"):
            return await self._persist(self._writer.run, job)

    async def now(self) -> datetime:
        """The database's clock, aware, UTC."""
        async with self.read() as connection:
            at: datetime = (await connection.execute(select(clock()))).scalar_one()
            return at

    async def close(self) -> None:
        await self._writer.close()
        await self._engine.dispose()
        await self._reader.dispose()

    @contextmanager
    def _heard(self, use: str) -> Iterator[None]:
        began, raised = time.perf_counter(), True
        try:
            yield
            raised = False
        finally:
            self._hears(use, time.perf_counter() - began, raised)

    async def _alone(self, job: Job[T]) -> T:
        async with self._engine.begin() as connection:
            return await job(connection)

    async def _persist(self, run: Any, job: Job[T]) -> T:
        for tried in range(1, TRIES):
            try:
                result: T = await run(job)
                return result
            except DBAPIError as failure:
                if not _passing(failure):
                    raise
            await asyncio.sleep(0.01 * 2**tried)
        final: T = await run(job)
        return final


def _nobody(_use: str, _seconds: float, _raised: bool) -> None:
    return


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """INSERT that can say ON CONFLICT, in the words of this connection's database."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # The two constructs share every method we use; only their types are not related.
    return cast(sqlite.Insert, postgresql.insert(table))


def database_url(url: str) -> URL:
    """`sqlite:///file` or `postgresql://…`, with the drivers we use. ValueError for others."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("the database URL names no SQLite file")
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"database {backend!r} is not supported: use sqlite:/// or postgresql://")


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


def _sqlite_writer(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin too late, and deferred
        prepare_sqlite(connection, query_only=False)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _sqlite_reader(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=min(pool_size, 4),
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        prepare_sqlite(connection, query_only=True)

    return engine


def _postgresql(url: URL, pool_size: int) -> AsyncEngine:
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


def _passing(failure: DBAPIError) -> bool:
    """Whether the same job may well succeed a moment later."""
    original = failure.orig
    if getattr(original, "sqlstate", None) in RETRIED_STATES:
        return True
    return getattr(original, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
