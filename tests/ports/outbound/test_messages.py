"""One text message a call, so many a day, whoever asks at the same time."""

import asyncio
from datetime import timedelta

from ivr.live_calls.errands.link_message import Reserved
from stores.sql.outbound.messages import SqlSentMessages
from tests.ports.stage import TENANT, Stage


async def test_one_for_each_call(stage: Stage) -> None:
    store = SqlSentMessages(stage.database)
    assert await store.reserve(TENANT, "call-1", "k:1:0", budget=9) is Reserved.FREE
    # Until it is known that the message left, nobody may count on it, nor send another.
    assert await store.reserve(TENANT, "call-1", "k:1:0", budget=9) is Reserved.USED
    await store.settle(TENANT, "call-1", sent=True)
    assert await store.reserve(TENANT, "call-1", "k:1:0", budget=9) is Reserved.SENT_BEFORE
    assert await store.reserve(TENANT, "call-1", "k:2:0", budget=9) is Reserved.USED
    assert await store.reserve(TENANT, "call-2", "k:1:0", budget=9) is Reserved.FREE
    await store.settle(TENANT, "call-2", sent=False)
    assert await store.reserve(TENANT, "call-2", "k:1:0", budget=9) is Reserved.USED


async def test_the_budget_is_the_tenants_and_holds_side_by_side(stage: Stage) -> None:
    store = SqlSentMessages(stage.database)
    asked = [store.reserve(TENANT, f"call-{n}", "k:1:0", budget=5) for n in range(12)]
    answers = await asyncio.gather(*asked)
    assert answers.count(Reserved.SPENT) == 7
    assert answers.count(Reserved.LAST_ONES) == 2  # the fourth and the fifth
    assert await store.reserve("another", "call-1", "k:1:0", budget=5) is Reserved.FREE
    assert await store.reserve(TENANT, "call-99", "k:1:0", budget=0) is Reserved.SPENT


async def test_old_rows_are_forgotten(stage: Stage) -> None:
    store = SqlSentMessages(stage.database)
    await store.reserve(TENANT, "call-1", "k:1:0", budget=5)
    now = await stage.database.now()
    assert await store.drop_before(now - timedelta(minutes=1)) == 0
    assert await store.drop_before(now + timedelta(minutes=1)) == 1
