"""A server that goes and comes back, on the event loop that the service runs on."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from stores.redis.link import MOST_CONNECTIONS, OPEN_SECONDS, RedisAway, RedisLink, Script
from tests.chaos.wires.weather import Weather
from tests.chaos.wires.wire import Target, Wire
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


def test_connections_that_are_taken_and_reset_at_once_count_as_away(redis: RedisServer) -> None:
    """What a proxy before a dead server does. The reset is heard before the first word is said, or
    after it: nobody can tell which."""

    async def over_a_wire() -> None:
        socket = Path(redis.url.removeprefix("unix://"))
        wire = Wire(targets=(Target(socket=socket),), seed=1)
        url = f"redis://127.0.0.1:{await wire.open()}"
        times = itertools.count(step=OPEN_SECONDS)  # the breaker lets each of them through
        link = RedisLink(url, monotonic=lambda: next(times), call_seconds=10.0)
        assert await link.run(TEN, []) == 10
        wire.turn(Weather(refused=True))
        for _ in range(40):
            wire.cut()
            with pytest.raises(RedisAway):
                await link.run(TEN, [])
        wire.turn(Weather())
        assert await link.run(TEN, []) == 10
        await link.close()
        await wire.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(over_a_wire())


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


def test_many_at_once_each_hear_their_own_answer_whoever_gives_up(redis: RedisServer) -> None:
    """A line whose asker left has an answer to come that is nobody's."""
    echo = Script("return ARGV[1]")

    async def scene(link: RedisLink) -> None:
        for around in range(5):
            asked = [asyncio.ensure_future(link.run(echo, [], f"{around}-{n}")) for n in range(40)]
            await asyncio.sleep(0)
            for n in range(0, 40, 3):
                asked[n].cancel()
            heard = await asyncio.gather(*asked, return_exceptions=True)
            for n, answer in enumerate(heard):
                left = n % 3 == 0 and isinstance(answer, asyncio.CancelledError)
                assert left or answer == f"{around}-{n}".encode()

    played(scene, redis.url)


def test_more_than_the_most_lines_are_refused_and_the_rest_served(redis: RedisServer) -> None:
    async def scene(link: RedisLink) -> None:
        asked = (link.run(TEN, []) for _ in range(MOST_CONNECTIONS + 20))
        heard = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(answer == 10 for answer in heard) == MOST_CONNECTIONS
        assert sum(isinstance(answer, RedisAway) for answer in heard) == 20

    played(scene, redis.url)
