"""A server that goes and comes back, on the event loop that the service runs on."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from stores.redis.link import RedisAway, RedisLink, Script
from tests.redis_server import RedisServer, redis_server

TEN = Script("return 10")
Scene = Callable[[RedisLink], Coroutine[Any, Any, None]]


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def played(scene: Scene, url: str) -> None:
    async def over_a_link() -> None:
        now = asyncio.get_running_loop().time
        link = RedisLink(url, monotonic=now, call_seconds=10.0)
        try:
            await scene(link)
        finally:
            await link.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(over_a_link())


def test_a_connection_that_the_server_closed_is_replaced_within_the_call(
    redis: RedisServer,
) -> None:
    async def scene(link: RedisLink) -> None:
        assert await link.run(TEN, []) == 10
        redis.kill()
        redis.start()
        assert await link.run(TEN, []) == 10

    played(scene, redis.url)


def test_a_server_that_is_gone_is_away_and_nothing_else(redis: RedisServer) -> None:
    async def scene(link: RedisLink) -> None:
        assert await link.run(TEN, []) == 10
        redis.kill()
        for _ in range(5):
            with pytest.raises(RedisAway):
                await link.run(TEN, [])
        with pytest.raises(RedisAway):
            await link.wait("stream", "0", seconds=0.1, at_most=1)

    played(scene, redis.url)


@pytest.mark.parametrize("answer", [b":1x0\r\n", b"*-7\r\n$2\r\n", b"!nothing of the sort\r\n"])
def test_what_is_not_of_the_protocol_is_no_answer(answer: bytes) -> None:
    """Bits that turned on the way (F22)."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(answer)
        writer.close()

    async def over_a_link() -> None:
        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        now = asyncio.get_running_loop().time
        link = RedisLink(f"redis://127.0.0.1:{port}", monotonic=now, call_seconds=0.5)
        with pytest.raises(RedisAway):
            await link.run(TEN, [])
        await link.close()
        server.close()
        await server.wait_closed()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(over_a_link())
