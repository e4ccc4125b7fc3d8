"""Sliding windows, in one process and shared by several."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from identity.pairing.ports import Counters, CountersAway
from stores.memory.counters import MemoryCounters
from stores.redis.counters import RedisCounters
from stores.redis.link import RedisLink
from tests.ports.stage import TENANT
from tests.redis_server import RedisServer

KEY = b"k" * 32


def over(link: RedisLink, *, settle: float = 0.0) -> RedisCounters:
    """As another process has them."""
    loop = asyncio.get_running_loop()
    return RedisCounters(link, tenant=TENANT, key=KEY, monotonic=loop.time, settle_seconds=settle)


@pytest.fixture(params=["memory", "redis"])
async def counters(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Counters, Counters]]:
    """Of two processes, where the store serves several."""
    loop = asyncio.get_running_loop()
    if request.param == "memory":
        one = MemoryCounters(loop.time)
        yield one, one
        return
    server: RedisServer = request.getfixturevalue("redis")
    link = RedisLink(server.url, monotonic=loop.time, call_seconds=20.0)
    yield over(link), over(link)
    await link.close()


async def test_each_key_counts_for_itself(counters: tuple[Counters, Counters]) -> None:
    here, there = counters
    assert [await here.add("app-1", window_seconds=600) for _ in range(3)] == [1, 2, 3]
    assert await there.add("app-1", window_seconds=600) == 4
    assert await there.add("app-2", window_seconds=600) == 1
    assert await here.count("app-1", window_seconds=600) == 4
    assert await here.count("nobody", window_seconds=600) == 0


async def test_all_that_come_at_once_are_counted(counters: tuple[Counters, Counters]) -> None:
    told = await asyncio.gather(
        *(counters[n % 2].add("app", window_seconds=600) for n in range(50))
    )
    assert sorted(told) == list(range(1, 51))


async def test_the_window_slides(counters: tuple[Counters, Counters]) -> None:
    here, there = counters
    loop = asyncio.get_running_loop()
    await here.add("app", window_seconds=1)
    began = loop.time()
    while await there.count("app", window_seconds=1):
        assert loop.time() - began < 60
        await asyncio.sleep(0.05)
    assert loop.time() - began > 0.5
    assert await there.add("app", window_seconds=1) == 1


class TestRedis:
    async def test_what_is_counted_is_in_no_key(self, link: RedisLink, redis: RedisServer) -> None:
        await over(link).add("wrong_entry:address:192.0.2.77", window_seconds=600)
        assert b"192.0.2" not in redis.says("KEYS", "*")

    async def test_keys_expire(self, link: RedisLink, redis: RedisServer) -> None:
        await over(link).add("app", window_seconds=600)
        keys = [word for word in redis.says("KEYS", "*").split(b"\r\n") if b":count:" in word]
        left = [int(redis.says("PTTL", key.decode())[1:]) for key in keys]
        assert [0 < one <= 600_000 for one in left] == [True]

    async def test_a_server_that_forgot_is_told_again(
        self, link: RedisLink, redis: RedisServer
    ) -> None:
        """Each process brings its own share; nobody brings it twice."""
        here, there = over(link), over(link)
        for _ in range(3):
            await here.add("app", window_seconds=600)
        await there.add("app", window_seconds=600)
        redis.empty()
        assert await here.count("app", window_seconds=600) == 0  # asked before it was brought
        assert await here.count("app", window_seconds=600) == 3
        assert await there.add("app", window_seconds=600) == 4
        assert await here.add("app", window_seconds=600) == 6

    async def test_until_all_had_time_to_bring_theirs_nobody_can_tell(
        self, link: RedisLink, redis: RedisServer
    ) -> None:
        counters = over(link, settle=3600.0)
        with pytest.raises(CountersAway):
            await counters.settle()
        with pytest.raises(CountersAway):
            await counters.add("app", window_seconds=600)
        with pytest.raises(CountersAway):
            await counters.count("app", window_seconds=600)
        assert await over(link).count("app", window_seconds=600) == 1  # counted all the same

    @pytest.mark.parametrize("fault", ["kill", "pause"])
    async def test_away_nobody_can_tell(self, redis: RedisServer, fault: str) -> None:
        loop = asyncio.get_running_loop()
        link = RedisLink(redis.url, monotonic=loop.time, call_seconds=1.0)
        counters = over(link)
        assert await counters.add("app", window_seconds=600) == 1
        getattr(redis, fault)()
        try:
            for _ in range(5):
                with pytest.raises(CountersAway):
                    await counters.add("app", window_seconds=600)
            assert link.is_open
        finally:
            redis.start() if fault == "kill" else redis.go_on()
        assert await _back(counters) >= 1
        assert not link.is_open
        await link.close()


async def _back(counters: RedisCounters) -> int:
    async with asyncio.timeout(60):
        while True:
            try:
                return await counters.add("app", window_seconds=600)
            except CountersAway:
                await asyncio.sleep(0.05)
