"""The feed in memory is bounded: what is not followed is forgotten, never confused."""

import asyncio
from collections.abc import AsyncIterator

from door_frame.feed import FeedItem
from stores.memory.news import MemoryFeed


async def some(items: AsyncIterator[FeedItem], number: int) -> list[str]:
    """So many items as `kind` words."""
    return [(await anext(items)).kind for _ in range(number)]


async def test_ids_of_the_future_are_unknown() -> None:
    feed = MemoryFeed()
    await feed.publish("desk", "a", {})
    ahead = (await feed.publish("another", "a", {})).replace("-1", "-9")
    assert await some(await feed.follow("desk", ahead), 1) == ["reset"]


async def test_idle_channels_are_dropped_and_their_ids_never_come_back() -> None:
    feed = MemoryFeed(most_channels=2)
    old = await feed.publish("desk", "a", {})
    for channel in ("b", "c"):
        await feed.publish(channel, "x", {})
    again = await feed.publish("desk", "new", {})
    assert again != old
    assert await some(await feed.follow("desk", old), 1) == ["reset"]


async def test_followed_channels_are_kept() -> None:
    feed = MemoryFeed(most_channels=1)
    items = await feed.follow("desk", None)
    coming = asyncio.create_task(some(items, 1))
    await asyncio.sleep(0)
    for channel in ("b", "c"):
        await feed.publish(channel, "x", {})
    await feed.publish("desk", "a", {})
    assert await coming == ["a"]
