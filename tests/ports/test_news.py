"""The feed: in order, with resume, `reset` for what is not known, and an end for all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from door_frame.feed import RESET, Feed, FeedItem
from stores.memory.news import MemoryFeed
from stores.redis.link import RedisLink
from stores.redis.news import RedisFeed
from stores.sql.sealing import Sealer
from tests.ports.stage import key_for
from tests.redis_server import RedisServer


@dataclass(frozen=True)
class Feeds:
    """`here` and `there`: of two processes, where the store serves several."""

    here: Feed
    there: Feed
    another_life: Feed


@pytest.fixture(params=["memory", "redis"])
async def feeds(request: pytest.FixtureRequest) -> AsyncIterator[Feeds]:
    if request.param == "memory":
        feed = MemoryFeed(backlog=4)
        yield Feeds(feed, feed, MemoryFeed(backlog=4))
        return
    server: RedisServer = request.getfixturevalue("redis")
    made = [_feed(server) for _ in range(2)]
    other = _feed(server, tenant="another")
    yield Feeds(made[0].feed, made[1].feed, other.feed)
    for one in (*made, other):
        await one.close()


@dataclass(frozen=True)
class _Linked:
    link: RedisLink
    feed: RedisFeed

    async def close(self) -> None:
        await self.feed.close()
        await self.link.close()


def _feed(server: RedisServer, tenant: str = "kazasu-hoken", seconds: float = 20.0) -> _Linked:
    loop = asyncio.get_running_loop()
    link = RedisLink(server.url, monotonic=loop.time, call_seconds=seconds)
    return _Linked(link, RedisFeed(link, Sealer(key_for), tenant=tenant, backlog=4))


async def some(items: AsyncIterator[FeedItem], number: int) -> list[str]:
    """So many items as `kind` words."""
    return [(await anext(items)).kind for _ in range(number)]


async def test_followers_see_what_comes_in_order(feeds: Feeds) -> None:
    await feeds.here.publish("desk", "before", {})
    following = [await feeds.here.follow("desk", None), await feeds.there.follow("desk", None)]
    for kind in ("a", "b"):
        await feeds.there.publish("desk", kind, {"n": kind})
    await feeds.here.publish("another", "not for you", {})
    heard = await asyncio.gather(*(some(one, 2) for one in following))
    assert heard == [["a", "b"], ["a", "b"]]


async def test_what_is_published_is_what_is_read(feeds: Feeds) -> None:
    following = await feeds.there.follow("desk", None)
    number = await feeds.here.publish("desk", "offer", {"operator": "佐藤", "token": "t"})
    told = await anext(following)
    assert told == FeedItem(id=number, kind="offer", data={"operator": "佐藤", "token": "t"})


async def test_a_page_that_comes_back_gets_what_it_missed(feeds: Feeds) -> None:
    last = await feeds.here.publish("desk", "seen", {})
    for kind in ("b", "c", "d"):
        await feeds.here.publish("desk", kind, {})
    back = await feeds.there.follow("desk", last)
    assert await some(back, 3) == ["b", "c", "d"]
    await feeds.here.publish("desk", "e", {})
    assert await some(back, 1) == ["e"]


@pytest.mark.parametrize("after", ["", "x", "deadbeef-1", "-1", "1", "1-1", "9" * 15 + "-1"])
async def test_an_unknown_place_is_a_reset(feeds: Feeds, after: str) -> None:
    await feeds.here.publish("desk", "a", {})
    items = await feeds.here.follow("desk", after)
    reset = await anext(items)
    assert (reset.kind, reset.data) == (RESET, {})
    await feeds.here.publish("desk", "b", {})
    assert await some(items, 1) == ["b"]
    assert await some(await feeds.there.follow("desk", reset.id), 1) == ["b"]


async def test_ids_of_another_life_are_unknown(feeds: Feeds) -> None:
    await feeds.here.publish("desk", "a", {})
    foreign = await feeds.another_life.publish("desk", "a", {})
    assert await some(await feeds.here.follow("desk", foreign), 1) == [RESET]


async def test_too_long_away_is_a_reset(feeds: Feeds) -> None:
    last = await feeds.here.publish("desk", "a", {})
    for _ in range(5):
        await feeds.here.publish("desk", "more", {})
    assert await some(await feeds.there.follow("desk", last), 1) == [RESET]


async def test_closing_ends_all_followers(feeds: Feeds) -> None:
    async def count(items: AsyncIterator[FeedItem]) -> int:
        return len([item async for item in items])

    following = [await feeds.here.follow(name, None) for name in ("desk", "desk", "other")]
    counting = [asyncio.create_task(count(items)) for items in following]
    await asyncio.sleep(0)
    await feeds.here.close()
    assert await asyncio.gather(*counting) == [0, 0, 0]
    assert await count(await feeds.here.follow("desk", None)) == 0


async def test_a_slow_follower_is_told_to_load_anew(feeds: Feeds) -> None:
    slow, quick = await feeds.here.follow("desk", None), await feeds.here.follow("desk", None)
    for n in range(7):
        await feeds.here.publish("desk", f"n{n}", {})
        assert await some(quick, 1) == [f"n{n}"]
    assert await some(slow, 1) == [RESET]


@dataclass
class Heard:
    """What a page was told, as it came."""

    kinds: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, items: AsyncIterator[FeedItem]) -> None:
        async for item in items:
            self.kinds.append(item.kind)
            self.changed.set()

    async def until(self, has: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(60):
            while not has(self.kinds):
                self.changed.clear()
                await self.changed.wait()


class TestRedisAway:
    @pytest.mark.parametrize("fault", ["kill", "pause"])
    async def test_pages_load_anew_and_hear_again_afterwards(
        self, redis: RedisServer, fault: str
    ) -> None:
        here, there, heard = _feed(redis, seconds=2.0), _feed(redis, seconds=2.0), Heard()
        listening = asyncio.create_task(heard.listen(await here.feed.follow("desk", None)))
        await there.feed.publish("desk", "before", {})
        await heard.until(lambda kinds: kinds == ["before"])
        getattr(redis, fault)()
        try:
            assert await here.feed.publish("desk", "unheard", {}) == ""
            await heard.until(lambda kinds: kinds.count(RESET) >= 2)
        finally:
            redis.start() if fault == "kill" else redis.go_on()
        async with asyncio.timeout(60):
            while "after" not in heard.kinds:  # the first may fall into the gap, as a reset
                await there.feed.publish("desk", "after", {})
                await asyncio.sleep(0.05)
        for one in (here, there):
            await one.close()
        await listening

    async def test_a_server_that_came_back_empty_is_a_gap(self, redis: RedisServer) -> None:
        one = _feed(redis)
        last = await one.feed.publish("desk", "a", {})
        redis.empty()
        assert await some(await one.feed.follow("desk", last), 1) == [RESET]
        await one.close()


async def test_the_server_cannot_read_or_forge(link: RedisLink, redis: RedisServer) -> None:
    linked = _feed(redis)
    items = await linked.feed.follow("desk", None)
    await linked.feed.publish("desk", "offer", {"token": "canary-1"})
    key = "kazasu:{kazasu-hoken}:news:desk"
    assert b"canary" not in redis.says("XRANGE", key, "-", "+")
    redis.says("XADD", key, "*", "sealed", '{"kind":"forged","data":{}}')
    await linked.feed.publish("desk", "offer", {})
    assert await some(items, 2) == ["offer", "offer"]
    await linked.close()
