"""Event streams: hello, ids, resume, what is left out, heartbeats, and the end."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from quart.wrappers.response import IterableBody

from door_frame.event_stream import Following, stream
from door_frame.feed import FeedItem
from stores.memory.news import MemoryFeed

CHANNEL = "news"


def mine(item: FeedItem) -> Mapping[str, object] | None:
    return None if item.kind == "theirs" else item.data


async def always() -> bool:
    return True


def lines(feed: MemoryFeed, after: str | None = None, **other: object) -> AsyncIterator[bytes]:
    following = Following(
        **{"channel": CHANNEL, "after": after, "shown": mine, "still": always} | other  # type: ignore[arg-type]  # tests name fields freely
    )
    response = stream(feed, following)
    assert response.timeout is None
    assert response.content_type == "text/event-stream; charset=utf-8"
    assert isinstance(response.response, IterableBody)
    return response.response.iter


async def test_hello_then_what_comes() -> None:
    feed = MemoryFeed()
    await feed.publish(CHANNEL, "before", {})
    following = lines(feed)
    assert await anext(following) == b"event: hello\ndata: {}\n\n"
    await feed.publish(CHANNEL, "theirs", {})
    number = await feed.publish(CHANNEL, "mine", {"token": "a\nb"})
    expected = f'id: {number}\nevent: mine\ndata: {{"token":"a\\nb"}}\n\n'
    assert await anext(following) == expected.encode()
    await feed.close()
    assert [line async for line in following] == []


async def test_a_page_that_comes_back_misses_nothing() -> None:
    feed = MemoryFeed()
    first = await feed.publish(CHANNEL, "one", {})
    await feed.publish(CHANNEL, "two", {})
    following = lines(feed, after=first)
    await anext(following)
    assert b"event: two" in await anext(following)
    await feed.close()


@pytest.mark.parametrize("after", ["unknown-1", "", "9", "x" * 999])
async def test_an_id_of_another_life_means_load_anew(after: str) -> None:
    feed = MemoryFeed()
    await feed.publish(CHANNEL, "one", {})
    following = lines(feed, after=after)
    await anext(following)
    assert b"event: reset" in await anext(following)
    await feed.close()


async def test_heartbeats_go_on_and_lose_nothing() -> None:
    feed = MemoryFeed()
    following = lines(feed, heartbeat=0.0)
    await anext(following)
    for _ in range(3):
        assert await anext(following) == b": still here\n\n"
    await feed.publish(CHANNEL, "mine", {})
    heard = [await anext(following) for _ in range(5)]
    assert sum(b"event: mine" in line for line in heard) == 1
    await feed.close()


async def test_who_may_no_longer_look_is_told_so_and_nothing_else() -> None:
    feed = MemoryFeed()
    allowed = True

    async def still() -> bool:
        return allowed

    following = lines(feed, still=still)
    await anext(following)
    allowed = False
    await feed.publish(CHANNEL, "mine", {"token": "secret"})
    assert [line async for line in following] == [b"event: over\ndata: {}\n\n"]


async def test_a_page_that_leaves_leaves_no_follower() -> None:
    feed = MemoryFeed()
    response = stream(feed, Following(channel=CHANNEL, after=None, shown=mine, still=always))
    assert isinstance(response.response, IterableBody)
    async with response.response as body:
        await anext(body.iter)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []
    await feed.close()
