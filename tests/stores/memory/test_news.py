"""The feed: in order, with resume, `reset` for what is not known, and an end for all."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from door_frame.feed import Feed, FeedItem
from stores.memory.news import MemoryFeed


async def some(items: AsyncIterator[FeedItem], number: int) -> list[str]:
    """So many items as `kind` words."""
    return [(await anext(items)).kind for _ in range(number)]


@pytest.fixture
def feed() -> MemoryFeed:
    return MemoryFeed(backlog=4)


async def test_followers_see_what_comes_in_order(feed: MemoryFeed) -> None:
    port: Feed = feed
    await port.publish("desk", "before", {})
    first, second = port.follow("desk", None), port.follow("desk", None)
    waiting = [asyncio.create_task(some(one, 2)) for one in (first, second)]
    await asyncio.sleep(0)
    for kind in ("a", "b"):
        await port.publish("desk", kind, {})
    await port.publish("another", "not for you", {})
    assert await asyncio.gather(*waiting) == [["a", "b"], ["a", "b"]]


async def test_a_page_that_comes_back_gets_what_it_missed(feed: MemoryFeed) -> None:
    last = await feed.publish("desk", "seen", {})
    for kind in ("b", "c", "d"):
        await feed.publish("desk", kind, {"n": kind})
    back = feed.follow("desk", last)
    assert await some(back, 3) == ["b", "c", "d"]
    coming = asyncio.create_task(some(back, 1))
    await asyncio.sleep(0)
    await feed.publish("desk", "e", {})
    assert await coming == ["e"]


@pytest.mark.parametrize("after", ["", "x", "deadbeef-1", "-1", "1"])
async def test_an_unknown_place_is_a_reset(feed: MemoryFeed, after: str) -> None:
    await feed.publish("desk", "a", {})
    items = feed.follow("desk", after)
    reset = await anext(items)
    assert (reset.kind, reset.data) == ("reset", {})
    await feed.publish("desk", "b", {})
    assert await some(items, 1) == ["b"]
    assert await some(feed.follow("desk", reset.id), 1) == ["b"]


async def test_ids_of_the_future_and_of_another_life_are_unknown(feed: MemoryFeed) -> None:
    other = MemoryFeed()
    await feed.publish("desk", "a", {})
    foreign = await other.publish("desk", "a", {})
    ahead = (await feed.publish("another", "a", {})).replace("-1", "-9")
    for unknown in (foreign, ahead):
        assert await some(feed.follow("desk", unknown), 1) == ["reset"]


async def test_too_long_away_is_a_reset(feed: MemoryFeed) -> None:
    last = await feed.publish("desk", "a", {})
    for _ in range(5):
        await feed.publish("desk", "more", {})
    assert await some(feed.follow("desk", last), 1) == ["reset"]


async def test_a_slow_follower_is_told_to_load_anew(feed: MemoryFeed) -> None:
    items = feed.follow("desk", None)
    first = asyncio.create_task(some(items, 1))
    await asyncio.sleep(0)
    await feed.publish("desk", "a", {})
    assert await first == ["a"]
    for _ in range(6):
        await feed.publish("desk", "more", {})
    await feed.publish("desk", "last", {})
    assert await some(items, 1) == ["reset"]


async def test_closing_ends_all_followers(feed: MemoryFeed) -> None:
    async def follow(channel: str) -> int:
        return len([item async for item in feed.follow(channel, None)])

    following = [asyncio.create_task(follow(channel)) for channel in ("desk", "desk", "other")]
    await asyncio.sleep(0)
    await feed.close()
    assert await asyncio.gather(*following) == [0, 0, 0]
    assert [item async for item in feed.follow("desk", None)] == []


async def test_idle_channels_are_dropped_and_their_ids_never_come_back() -> None:
    feed = MemoryFeed(most_channels=2)
    old = await feed.publish("desk", "a", {})
    for channel in ("b", "c"):
        await feed.publish(channel, "x", {})
    again = await feed.publish("desk", "new", {})
    assert again != old
    assert await some(feed.follow("desk", old), 1) == ["reset"]


async def test_followed_channels_are_kept() -> None:
    feed = MemoryFeed(most_channels=1)
    items = feed.follow("desk", None)
    coming = asyncio.create_task(some(items, 1))
    await asyncio.sleep(0)
    for channel in ("b", "c"):
        await feed.publish(channel, "x", {})
    await feed.publish("desk", "a", {})
    assert await coming == ["a"]
