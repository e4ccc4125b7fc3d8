"""One open check per reported number."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import update

from identity.pairing.model import Pairing
from identity.pairing.outcomes import Hint
from stores.sql.engines.connection import Connection
from stores.sql.pairings.lines_in_check import OPENS_WITHIN, SqlLinesInCheck
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import lines_in_check
from tests.ports.stage import TENANT, Stage, a_pairing, failed, news_of

LINE = b"l" * 32


async def _a_while_later(stage: Stage) -> None:
    async def job(connection: Connection) -> None:
        await connection.execute(update(lines_in_check).values(taken_at=clock(-OPENS_WITHIN)))

    await stage.database.write(job)


async def test_one_of_many_calls_at_once_gets_the_line(stage: Stage) -> None:
    lines = SqlLinesInCheck(stage.database)
    took = await asyncio.gather(*(lines.take(TENANT, LINE, f"call-{n}") for n in range(20)))
    assert sum(took) == 1
    assert await lines.take(TENANT, LINE, f"call-{took.index(True)}")
    assert await lines.take(TENANT, b"m" * 32, "call-99")
    assert await lines.take("another", LINE, "call-99")


async def test_the_line_is_the_calls_while_its_check_is_open(stage: Stage) -> None:
    lines = SqlLinesInCheck(stage.database)
    opened = await stage.opened(a_pairing(call="call-1"))
    assert await lines.take(TENANT, LINE, "call-1")
    await _a_while_later(stage)
    assert not await lines.take(TENANT, LINE, "call-2")
    moved = await stage.pairings.change(
        opened, ended := failed(opened, Hint.CODE_EXPIRED), news=news_of(ended), record=None
    )
    assert isinstance(moved, Pairing)
    assert await lines.take(TENANT, LINE, "call-2")
    assert not await lines.take(TENANT, LINE, "call-1")  # about to open


async def test_a_call_that_opened_nothing_gives_the_line_up(stage: Stage) -> None:
    lines = SqlLinesInCheck(stage.database)
    assert await lines.take(TENANT, LINE, "call-1")
    await _a_while_later(stage)
    assert await lines.take(TENANT, LINE, "call-2")


async def test_a_caller_who_rings_again_after_a_check_has_the_line_at_once(stage: Stage) -> None:
    lines = SqlLinesInCheck(stage.database)
    assert await lines.take(TENANT, LINE, "call-1")
    opened = await stage.opened(a_pairing(call="call-1", opened_at=datetime.now(UTC)))
    assert not await lines.take(TENANT, LINE, "call-2")
    moved = await stage.pairings.change(
        opened, ended := failed(opened, Hint.CALL_ENDED), news=news_of(ended), record=None
    )
    assert isinstance(moved, Pairing)
    assert await lines.take(TENANT, LINE, "call-2")
