"""What durability and secrecy rest on: settings, the clock, groups of one commit."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from stores.sql.database import Database
from stores.sql.engines import sqlite as engines
from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import Moment, clock
from stores.sql.schema.identity_side import linkage
from stores.sql.writer import Job


def link(card: bytes, person: str = "p") -> Job[bytes]:
    async def job(connection: Connection) -> bytes:
        row = {"tenant_id": "t", "card_hash": card, "person_id": person}
        await connection.execute(insert(linkage).values(row))
        return card

    return job


async def cards(database: Database) -> list[bytes]:
    async with database.read() as connection:
        found = select(linkage.c.card_hash).order_by(linkage.c.card_hash)
        return list((await connection.execute(found)).scalars())


async def test_acknowledged_is_durable(database: Database) -> None:
    wanted = (
        {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        if database.is_sqlite
        else {"synchronous_commit": "on", "fsync": "on"}
    )

    async def job(connection: Connection) -> dict[str, object]:
        word = "PRAGMA" if database.is_sqlite else "SHOW"
        return {
            name: (await connection.execute(text(f"{word} {name}"))).scalar_one() for name in wanted
        }

    assert await database.write(job) == wanted


async def test_the_clock_is_utc_and_near(database: Database) -> None:
    at = await database.now()
    assert at.tzinfo is UTC
    assert abs(at - datetime.now(UTC)) < timedelta(seconds=5)


async def test_moments_compare_with_the_clock(database: Database) -> None:
    at = await database.now()
    soon, past = (literal(at + timedelta(seconds=s), Moment()) for s in (30, -30))
    async with database.read() as connection:
        answers = (await connection.execute(select(past < clock(), clock() < soon))).one()
        later = (await connection.execute(select(clock(60) > soon, clock(-60) < past))).one()
    assert [bool(one) for one in (*answers, *later)] == [True] * 4


async def test_a_moment_needs_a_zone(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises((StatementError, ValueError), match="time zone"):
            await connection.execute(select(literal(datetime(2026, 1, 1), Moment())))  # noqa: DTZ001 - the point


async def test_what_reads_cannot_write_in_sqlite(migrated_sqlite: object) -> None:
    database = Database(f"sqlite:///{migrated_sqlite}")
    try:
        async with database.read() as connection:
            with pytest.raises(DBAPIError, match="readonly"):
                await link(b"card")(connection)
    finally:
        await database.close()


async def test_values_stay_out_of_error_texts(database: Database) -> None:
    await database.write(link(b"card", "canary-person"))
    with pytest.raises(IntegrityError) as refused:
        await database.write(link(b"card", "canary-person"))
    assert "canary-person" not in str(refused.value)


async def test_jobs_of_a_group_have_fates_of_their_own(database: Database) -> None:
    async def changes_its_mind(connection: Connection) -> bytes:
        await link(b"undone")(connection)
        raise LookupError("undone")

    async def breaks(connection: Connection) -> bytes:
        await link(b"broken")(connection)
        await connection.execute(text("SELECT nonsense FROM nowhere"))
        return b"never"

    for bad in (changes_its_mind, link(b"1"), breaks):
        answers = await asyncio.gather(
            *(database.write_grouped(job) for job in (link(b"1"), bad, link(b"2"))),
            return_exceptions=True,
        )
        assert answers[0] == b"1" or isinstance(answers[0], IntegrityError)
        assert isinstance(answers[1], Exception)
    assert await cards(database) == [b"1", b"2"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_group_the_database_gave_up_is_done_one_by_one(database: Database) -> None:
    async def rolls_back(connection: Connection) -> None:
        """As SQLite does by itself on some failures: everybody's work in the group is gone."""
        await link(b"never")(connection)
        await connection.exec_driver_sql("ROLLBACK")
        await connection.execute(text("SELECT nonsense FROM nowhere"))

    answers = await asyncio.gather(
        *(database.write_grouped(job) for job in (link(b"1"), rolls_back, link(b"2"))),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [bytes, OperationalError, bytes]
    assert await cards(database) == [b"1", b"2"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_job_that_waits_for_the_loop_is_refused_and_undone(database: Database) -> None:
    """It would keep all others from writing, and the loop's futures are not for threads."""

    async def waits(connection: Connection) -> None:
        await link(b"never")(connection)
        await asyncio.get_running_loop().create_future()

    for job in (waits, _yields):
        with pytest.raises(RuntimeError):
            await database.write(job)
    await database.write(link(b"1"))
    assert await cards(database) == [b"1"]


async def _yields(connection: Connection) -> None:
    await link(b"never")(connection)
    await asyncio.sleep(0)


async def test_an_asker_who_leaves_stops_nobody(database: Database) -> None:
    leaving = asyncio.create_task(database.write_grouped(link(b"1")))
    staying = asyncio.create_task(database.write_grouped(link(b"2")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == b"2"
    assert b"2" in await cards(database)


async def test_closing_finishes_what_was_asked(url: str) -> None:
    database = Database(url)
    asked = [asyncio.create_task(database.write_grouped(link(b"%d" % n))) for n in range(5)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*asked) == [b"%d" % n for n in range(5)]
    with pytest.raises(RuntimeError, match="closed"):
        await database.write_grouped(link(b"late"))


async def test_who_waits_for_a_file_that_somebody_holds_keeps_nobody_waiting(
    tmp_path: Path,
) -> None:
    """As while it is recovered after a crash. A time-out in the database would stop the loop, and
    with it the very coroutine that gives the file back."""
    file = tmp_path / "held.db"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("CREATE TABLE kept (number)")
    database = Database(f"sqlite:///{file}")

    async def counted() -> object:
        async with database.read() as connection:
            return (await connection.execute(text("SELECT count(*) FROM kept"))).scalar_one()

    waiting = [asyncio.ensure_future(counted()) for _ in range(3)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    holder.close()
    assert await asyncio.gather(*waiting) == [0, 0, 0]
    await database.close()


async def test_one_that_is_never_given_back_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("CREATE TABLE kept (number)")
    database = Database(f"sqlite:///{tmp_path / 'held.db'}")
    with pytest.raises(OperationalError, match="locked"):
        await database.now()
    await database.close()
    holder.close()
