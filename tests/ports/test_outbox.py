"""News leave after the commit, at least once, until somebody says done."""

import asyncio

from stores.sql.outbox import Outbox
from tests.ports.stage import Stage, failed, news_of


async def test_what_was_committed_is_told_in_order_until_done(stage: Stage) -> None:
    first, second = await stage.opened(), await stage.opened()
    taken = await stage.outbox.take(10)
    assert [one.news.pairing for one in taken] == [first.id, second.id]
    assert taken[0].news.hint is first.hint
    assert stage.wakes == 2
    again = await stage.outbox.take(10)  # as after a crash: taken, told or not, but not done
    assert [(one.id, one.attempt) for one in again] == [(one.id, 2) for one in taken]
    await stage.outbox.done([taken[0].id])
    assert [one.news.pairing for one in await stage.outbox.take(10)] == [second.id]
    await stage.outbox.done([taken[1].id])
    assert not await stage.outbox.take(10)
    assert await stage.outbox.waiting() == 0


async def test_what_somebody_has_in_hand_is_not_taken_again(stage: Stage) -> None:
    await stage.opened()
    leasing = Outbox(stage.database, lease_seconds=60)
    assert len(await leasing.take(10)) == 1
    assert not await leasing.take(10)
    assert await leasing.waiting() == 1


async def test_many_takers_never_share(stage: Stage) -> None:
    for _ in range(12):
        await stage.opened()
    leasing = Outbox(stage.database, lease_seconds=60)
    hands = await asyncio.gather(*(leasing.take(2) for _ in range(8)))
    ids = [one.id for hand in hands for one in hand]
    assert len(ids) == len(set(ids))
    while rest := await leasing.take(5):
        ids += [one.id for one in rest]
    assert len(set(ids)) == 12


async def test_a_lost_change_tells_nothing(stage: Stage) -> None:
    before = await stage.claimed()
    ended = failed(before)
    await stage.pairings.change(before, ended, news=news_of(ended), record=None)
    told, wakes = await stage.outbox.waiting(), stage.wakes
    await stage.pairings.change(before, ended, news=news_of(ended), record=None)
    assert (await stage.outbox.waiting(), stage.wakes) == (told, wakes)
