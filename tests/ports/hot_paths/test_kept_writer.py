"""SQLite's one connection for writing is kept: what fails on it fails as before, and it goes on."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from stores.sql.database import database_url
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order
from stores.sql.engines.sqlite import SqliteEngine, is_busy
from stores.sql.schema.identity_side import consumed_nonces
from tests.ports.stage import TENANT, now

NEW = Order(insert(consumed_nonces))


def _row(n: int) -> dict[str, object]:
    mine = {"tenant_id": TENANT, "nonce_sha256": bytes((n,)), "pairing_id": f"pairing-{n}"}
    return {**mine, "consumed_at": now()}


async def _write(engine: SqliteEngine, *rows: int) -> None:
    async def work() -> None:
        async with engine.begin() as connection:
            for n in rows:
                await connection.tell(NEW, [_row(n)])

    await engine.run(work())


async def _written(engine: SqliteEngine) -> set[bytes]:
    async with engine.reading() as connection:
        return set((await connection.execute(select(consumed_nonces.c.nonce_sha256))).scalars())


async def test_what_fails_is_undone_and_the_next_transaction_stands(sqlite_url: str) -> None:
    engine = SqliteEngine(database_url(sqlite_url))
    try:
        await _write(engine, 1)
        with pytest.raises(IntegrityError):
            await _write(engine, 2, 3, 1)
        assert await _written(engine) == {b"\x01"}
        await _write(engine, 2)
        assert await _written(engine) == {b"\x01", b"\x02"}
    finally:
        await engine.close()


async def test_a_file_that_somebody_holds_is_told_as_busy_and_free_afterwards(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = SqliteEngine(database_url(sqlite_url))
    other = sqlite3.connect(tmp_path / "kazasu.db", isolation_level=None)

    async def impatient() -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("PRAGMA busy_timeout = 0")

    try:
        await engine.run(impatient())
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperationalError) as held:
            await _write(engine, 1)
        assert is_busy(held.value)
        other.execute("ROLLBACK")
        await _write(engine, 1)
        assert await _written(engine) == {b"\x01"}
    finally:
        other.close()
        await engine.close()


async def test_a_transaction_that_did_not_end_is_not_gone_on_with(sqlite_url: str) -> None:
    engine = SqliteEngine(database_url(sqlite_url))

    async def left_open() -> None:
        async with engine.begin() as connection:
            await connection.tell(NEW, [_row(1)])
            await _ends_by_itself(connection)

    try:
        with pytest.raises(OperationalError):
            await engine.run(left_open())
        await _write(engine, 2)
        assert await _written(engine) == {b"\x02"}
    finally:
        await engine.close()


async def _ends_by_itself(connection: Connection) -> None:
    """As SQLite ends one when its disk is full: what is rolled back is no longer there."""
    await connection.exec_driver_sql("ROLLBACK")
    await connection.exec_driver_sql("COMMIT")
