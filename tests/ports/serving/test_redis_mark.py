"""All processes at one Redis, as far as SQL can tell: said, changed over together, or apart."""

from datetime import timedelta

from sqlalchemy import update

from stores.sql.engines.connection import Connection
from stores.sql.schema.phone_side import shared_redis
from stores.sql.serving.mark import RedisMark, Standing
from tests.ports.stage import TENANT, Stage

ONE, OTHER, EMPTIED = b"1" * 16, b"2" * 16, b"3" * 16


def process(stage: Stage, tenant: str = TENANT) -> RedisMark:
    return RedisMark(stage.database, tenant)


async def said(stage: Stage, seconds: float) -> None:
    """As if the mark that stands had been said so many seconds from now."""
    at = await stage.database.now() + timedelta(seconds=seconds)

    async def job(connection: Connection) -> None:
        await connection.execute(update(shared_redis).values(seen_at=at))

    await stage.database.write(job)


async def test_those_who_say_the_same_go_together(stage: Stage) -> None:
    first, second = process(stage), process(stage)
    assert await first.beat(ONE) is Standing.SAME
    assert await second.beat(ONE) is Standing.SAME
    assert await first.beat(ONE) is Standing.SAME
    assert await process(stage, "another").beat(OTHER) is Standing.SAME


async def test_one_at_another_is_apart_once_the_others_say_theirs_again(stage: Stage) -> None:
    first, second = process(stage), process(stage)
    await first.beat(ONE)
    assert await second.beat(OTHER) is Standing.UNCLEAR
    assert await second.beat(OTHER) is Standing.UNCLEAR
    await said(stage, 5)
    assert await second.beat(OTHER) is Standing.APART
    assert await first.beat(ONE) is Standing.SAME
    assert (first.standing, second.standing) == (Standing.SAME, Standing.APART)


async def test_what_nobody_says_any_more_is_taken_over(stage: Stage) -> None:
    gone, here = process(stage), process(stage)
    await gone.beat(ONE)
    await said(stage, -7)
    assert await here.beat(OTHER) is Standing.SAME
    assert await process(stage).beat(OTHER) is Standing.SAME


async def test_a_server_that_came_back_empty_parts_nobody(stage: Stage) -> None:
    first, second = process(stage), process(stage)
    for one in (first, second):
        await one.beat(ONE)
    await said(stage, 2)  # by the first, just before it heard
    assert await first.beat(EMPTIED) is Standing.UNCLEAR
    assert await second.beat(EMPTIED) is Standing.UNCLEAR
    await said(stage, -7)
    assert await second.beat(EMPTIED) is Standing.SAME
    assert await first.beat(EMPTIED) is Standing.SAME


async def test_one_that_leaves_is_waited_for_by_nobody(stage: Stage) -> None:
    first, second = process(stage), process(stage)
    await first.beat(ONE)
    await second.beat(OTHER)
    await second.leave()  # nothing of the first's
    assert await second.beat(OTHER) is Standing.UNCLEAR
    await first.leave()
    assert await second.beat(OTHER) is Standing.SAME


async def test_others_are_heard_while_they_serve(stage: Stage) -> None:
    looking = process(stage)
    assert not await looking.others_say(OTHER)
    await process(stage).beat(ONE)
    assert await looking.others_say(OTHER)
    assert not await looking.others_say(ONE)
    await said(stage, -7)
    assert not await looking.others_say(OTHER)
