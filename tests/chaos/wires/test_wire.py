"""A wire between a client and a server that says everything back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.chaos.wires.__main__ import obey, targets
from tests.chaos.wires.killer import Killer
from tests.chaos.wires.weather import Weather
from tests.chaos.wires.wire import LOOPBACK, Target, Wire

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def echoed(*, seed: int = 7, unix: Path | None = None) -> AsyncIterator[tuple[Wire, int]]:
    async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while heard := await reader.read(65536):
                writer.write(heard)
                await writer.drain()
        except ConnectionError:
            pass  # some weathers end it so
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        said_all.set()

    said_all = asyncio.Event()
    if unix is None:
        server = await asyncio.start_server(say_back, LOOPBACK, 0)
        at = Target(port=server.sockets[0].getsockname()[1])
    else:
        server = await asyncio.start_unix_server(say_back, unix)
        at = Target(socket=unix)
    wire = Wire(targets=(at,), seed=seed)
    port = await wire.open()
    try:
        yield wire, port
    finally:
        wire.turn(Weather())
        await wire.close()
        server.close()
        if wire.counted.connections:
            await said_all.wait()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Ends]:
    ends = await asyncio.open_connection(LOOPBACK, port)
    try:
        yield ends
    finally:
        ends[1].transport.abort()
        with suppress(ConnectionError):
            await ends[1].wait_closed()


async def said(ends: Ends, text: bytes) -> bytes:
    ends[1].write(text)
    await ends[1].drain()
    return await ends[0].readexactly(len(text))


async def test_it_carries_over_tcp_and_over_a_unix_socket(tmp_path: Path) -> None:
    async with echoed() as (wire, port), connected(port) as ends:
        assert await said(ends, b"hello" * 50_000) == b"hello" * 50_000
        assert (wire.counted.connections, wire.counted.harmed) == (1, 0)
    async with echoed(unix=tmp_path / "s") as (_, port), connected(port) as ends:
        assert await said(ends, b"hello") == b"hello"


async def test_the_end_of_one_way_is_carried_too() -> None:
    async with echoed() as (_, port), connected(port) as (reader, writer):
        writer.write(b"last words")
        writer.write_eof()
        assert await reader.read() == b"last words"


async def test_the_same_seed_flips_the_same_bits() -> None:
    heard = []
    for _ in range(2):
        async with echoed(seed=11) as (wire, port), connected(port) as ends:
            wire.turn(Weather(flip=1.0))
            heard.append(await said(ends, bytes(100)))
            assert wire.counted.harmed == 2
    assert heard[0] == heard[1] != bytes(100)


async def test_a_cut_resets_who_is_connected_and_takes_the_next() -> None:
    async with echoed() as (wire, port):
        async with connected(port) as ends:
            assert await said(ends, b"a") == b"a"
            wire.cut()
            with pytest.raises(ConnectionResetError):
                await ends[0].readexactly(1)
        async with connected(port) as ends:
            assert await said(ends, b"b") == b"b"


async def test_reset_and_half_close_and_truncation_end_it() -> None:
    async with echoed() as (wire, port):
        wire.turn(Weather(reset=1.0))
        async with connected(port) as ends:
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await said(ends, b"a")
        wire.turn(Weather(half_close=1.0))
        async with connected(port) as (reader, writer):
            writer.write(b"heard once")
            assert await reader.read() == b"heard once"
        wire.turn(Weather(truncate=1.0))
        async with connected(port) as ends:
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await said(ends, b"never whole")


async def test_a_black_hole_and_a_block_keep_and_later_give() -> None:
    for weather in (Weather(black_hole=True), Weather(blocked="there"), Weather(blocked="back")):
        async with echoed() as (wire, port):
            wire.turn(weather)
            async with connected(port) as ends:
                asked = asyncio.ensure_future(said(ends, b"x"))
                done, _ = await asyncio.wait({asked}, timeout=0.05)
                assert not done
                wire.turn(Weather())
                assert await asked == b"x"


async def test_refused_is_for_the_new_ones() -> None:
    async with echoed() as (wire, port), connected(port) as old:
        assert await said(old, b"a") == b"a"
        wire.turn(Weather(refused=True))
        async with connected(port) as new:
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await said(new, b"b")
        assert await said(old, b"c") == b"c"


async def test_a_server_that_is_away_resets() -> None:
    wire = Wire(targets=(Target(socket=Path("/nonexistent/socket")),), seed=1)
    port = await wire.open()
    async with connected(port) as ends:
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await said(ends, b"anybody?")
    await wire.close()


async def test_of_several_servers_one_that_is_there_answers() -> None:
    async with echoed() as (wire, port):
        (there,) = wire.targets
        wire.targets = (Target(socket=Path("/nonexistent/socket")), there)
        for _ in range(2):
            async with connected(port) as ends:
                assert await said(ends, b"a") == b"a"


async def test_orders_turn_sow_and_aim() -> None:
    async with echoed() as (wire, port), connected(port) as ends:
        assert await said(ends, b"a") == b"a"
        seen = obey({"sql": wire}, Killer(), {"wire": "sql", "weather": {"latency": 0.5}})
        assert seen["sql"]["connections"] == 1
        assert wire.weather == Weather(latency=0.5)
        assert obey({"sql": wire}, Killer(), {"seed": 9})["sql"]["connections"] == 0
        assert wire.seed == 9
        obey({"sql": wire}, Killer(), {"aim": "sql", "at": "/a/socket"})
        assert wire.targets == targets("/a/socket")
        obey({"sql": wire}, Killer(), {"wire": "sql", "weather": {}, "cut": True})
        with pytest.raises(ConnectionResetError):
            await ends[0].readexactly(1)
