"""Rows that have done their work go; what still protects somebody stays."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table, func, select, update

from identity.pairing.ports import Closed
from stores.sql.engines.connection import Connection
from stores.sql.pairings.alarms import SqlCardHolds, SqlLateProofs, SqlLineWarnings
from stores.sql.pairings.forgetting import (
    LATE_PROOFS_KEPT,
    LOCATORS_KEPT,
    NONCES_KEPT,
    Forgetting,
)
from stores.sql.pairings.lines_in_check import SqlLinesInCheck
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import (
    card_holds,
    consumed_nonces,
    late_proofs,
    line_warnings,
    live_verdicts,
    locator_uses,
    pairings,
)
from stores.sql.schema.phone_side import lines_in_check
from tests.ports.stage import TENANT, Stage, a_record, failed, news_of, now, verified

TABLES = (consumed_nonces, locator_uses, live_verdicts, card_holds, line_warnings, lines_in_check)
LONG = timedelta(days=30)


async def _counts(stage: Stage) -> dict[str, int]:
    async with stage.database.read() as connection:
        return {
            table.name: (
                await connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for table in TABLES
        }


async def _aged(stage: Stage, table: Table, column: str, by: timedelta) -> None:
    async def job(connection: Connection) -> Any:
        then = clock(-int(by.total_seconds()))
        await connection.execute(update(table).values({column: then}))

    await stage.database.write(job)


async def _lived(stage: Stage) -> None:
    """One verdict, one check that failed, and what they leave behind."""
    before = await stage.claimed()
    after = verified(before)
    closed = await stage.pairings.close(before, after, record=a_record(after), news=news_of(after))
    assert isinstance(closed, Closed)
    opened = await stage.opened()
    await stage.pairings.change(opened, failed(opened), news=news_of(opened), record=None)
    until = now() + timedelta(hours=24)
    await SqlCardHolds(stage.database).hold(TENANT, after.verdict.person, until=until)  # type: ignore[union-attr, arg-type]  # a verdict with its person
    await SqlLineWarnings(stage.database).warn(TENANT, b"l" * 32, until=until)
    await SqlLinesInCheck(stage.database).take(TENANT, b"l" * 32, "call-1")


async def test_nothing_goes_before_its_time(stage: Stage) -> None:
    await _lived(stage)
    before = await _counts(stage)
    assert min(before.values()) > 0
    await _aged(stage, consumed_nonces, "consumed_at", NONCES_KEPT - timedelta(minutes=1))
    await _aged(stage, locator_uses, "used_at", LOCATORS_KEPT - timedelta(minutes=1))
    assert await Forgetting(stage.database).turn() == 0
    assert await _counts(stage) == before


async def test_everything_goes_after_it(stage: Stage) -> None:
    await _lived(stage)
    for table in TABLES:
        column = next(
            name for name in ("consumed_at", "used_at", "taken_at", "until") if name in table.c
        )
        await _aged(stage, table, column, LONG)
    await Forgetting(stage.database).turn()
    assert set((await _counts(stage)).values()) == {0}
    assert await Forgetting(stage.database).turn() == 0


async def test_the_code_of_a_check_that_is_open_is_never_forgotten(stage: Stage) -> None:
    await stage.opened()
    await _aged(stage, locator_uses, "used_at", LONG)
    await Forgetting(stage.database).turn()
    assert (await _counts(stage))["locator_uses"] == 1


async def test_late_proofs_are_counted_for_as_long_as_they_may_leave_evidence(
    stage: Stage,
) -> None:
    over, open_ = await stage.claimed(), await stage.claimed()
    after = failed(over)
    await stage.pairings.change(over, after, news=news_of(after), record=None)
    for one in (over, open_):
        await SqlLateProofs(stage.database).keep(TENANT, one.id, a_record(one), at_most=3)

    async def left() -> set[str]:
        await Forgetting(stage.database).turn()
        async with stage.database.read() as connection:
            return set((await connection.execute(select(late_proofs.c.pairing_id))).scalars())

    assert await left() == {over.id, open_.id}
    await _ended(stage, LATE_PROOFS_KEPT - timedelta(minutes=1))
    assert await left() == {over.id, open_.id}
    await _ended(stage, LATE_PROOFS_KEPT + timedelta(minutes=1))
    assert await left() == {open_.id}


async def _ended(stage: Stage, ago: timedelta) -> None:
    async def job(connection: Connection) -> Any:
        then = clock(-int(ago.total_seconds()))
        over = update(pairings).where(pairings.c.ended_at.is_not(None))
        await connection.execute(over.values(ended_at=then))

    await stage.database.write(job)
