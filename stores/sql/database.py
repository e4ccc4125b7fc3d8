"""One database, its transactions and its clock. SQLite file or PostgreSQL by URL."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeAlias, cast

from sqlalchemy import URL, Table, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from stores.sql.engines.connection import Connection, Engine, T
from stores.sql.engines.questions import Given, Question
from stores.sql.engines.sqlite import SqliteEngine, is_busy
from stores.sql.schema.columns import clock
from stores.sql.writer import Job, Writer

TRIES = 4
RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""

Heard: TypeAlias = Callable[[str, float, bool], None]
"""A use of the database (`read`, `write`, `group`), its seconds with all waiting, if it raised."""


class Database:
    """One per process. `read` for looking, `write` for changing, `write_grouped` for evidence."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = database_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = SqliteEngine(parsed) if self.is_sqlite else _postgresql(parsed, pool_size)
        self._writer = Writer(self._engine)
        self._hears: Heard = _nobody

    def watch(self, hears: Heard) -> None:
        """Tell somebody of every use from now on, for metrics. It must not raise."""
        self._hears = hears

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection without a transaction: every statement sees what is committed by then."""
        with self._heard("read"):
            async with self._engine.reading() as connection:
                yield connection

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        """All rows that answer a question of the hot paths, read as by `read`."""
        began, raised = time.perf_counter(), True
        try:
            found = await self._engine.ask(question, given)
            raised = False
        finally:
            self._hears("read", time.perf_counter() - began, raised)
        return found

    async def write(self, job: Job[T]) -> T:
        """Run a job in a transaction, again when the database says so; errors roll it back."""
        with self._heard("write"):
            return await self._persist(self._writer.run if self.is_sqlite else self._alone, job)

    async def write_one(self, job: Job[T]) -> T:
        """As `write`, for a job of one statement. Over a wire it needs no words around it."""
        with self._heard("write"):
            return await self._persist(self._writer.run if self.is_sqlite else self._at_once, job)

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
        await self._engine.close()

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

    async def _at_once(self, job: Job[T]) -> T:
        async with self._engine.reading() as connection:
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


def _postgresql(url: URL, pool_size: int) -> Engine:
    # A tenth of what a start costs, and megabytes: only for who keeps its data there.
    from stores.sql.engines.postgresql import PostgresqlEngine

    return PostgresqlEngine(url, pool_size=pool_size)


def _nobody(_use: str, _seconds: float, _raised: bool) -> None:
    return


def upsert(connection: Connection, table: Table) -> sqlite.Insert:
    """INSERT that can say ON CONFLICT, in the words of this connection's database."""
    return upsert_in(connection.dialect.name, table)


def upsert_in(dialect: str, table: Table) -> sqlite.Insert:
    if dialect == "sqlite":
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
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"database {backend!r} is not supported: use sqlite:/// or postgresql://")


def _passing(failure: DBAPIError) -> bool:
    """Whether the same job may well succeed a moment later."""
    original = failure.orig
    if getattr(original, "sqlstate", None) in RETRIED_STATES:
        return True
    return is_busy(failure)
