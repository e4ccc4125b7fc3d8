"""T15: what a connection may cost before its request is known; others are served beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from kazasu import connections
from kazasu.connections import LARGEST_HEAD, MOST_HEADERS, Bounded

GOOD = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


async def _app(scope: Any, receive: Any, send: Any) -> None:
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"alive"})


@asynccontextmanager
async def _served() -> AsyncIterator[int]:
    config = uvicorn.Config(_app, http=Bounded, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: Bounded(config, state, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


class Line:
    """One connection, byte for byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def says(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def hears(self) -> bytes:
        """One answer of the application, or what comes before the end."""
        heard = b""
        while not heard.endswith(b"alive\r\n0\r\n\r\n"):
            if not (more := await self.reader.read(4096)):
                break
            heard += more
        return heard

    async def is_over(self) -> bytes:
        """The rest until the other side ends it."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""


@asynccontextmanager
async def _line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def _is_served(port: int) -> None:
    async with _line(port) as line:
        await line.says(GOOD)
        assert (await line.hears()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (MOST_HEADERS + 1) + b"\r\n",
        b"GET / HTTP/1.1\r\na: " + b"b" * LARGEST_HEAD + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\na: " + b"b" * LARGEST_HEAD,
        b"GET /" + b"a" * LARGEST_HEAD + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * LARGEST_HEAD,
        b"GET / HTTP/1.1\r\n" + b"a" * LARGEST_HEAD,
    ],
    ids=["headers", "value", "endless value", "address", "endless address", "endless name"],
)
async def test_a_head_beyond_its_limits_is_refused(head: bytes) -> None:
    async with _served() as port, _line(port) as line:
        await line.says(head)
        assert (await line.is_over()).startswith(b"HTTP/1.1 400")
        await _is_served(port)


async def test_endless_trailers_are_refused() -> None:
    async with _served() as port, _line(port) as line:
        await line.says(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        await line.says(b"a: b\r\n" * (MOST_HEADERS + 1) + b"\r\n")
        assert b"HTTP/1.1 200" not in await line.is_over()


async def test_a_long_head_within_the_limits_is_served() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * (MOST_HEADERS - 1)
    async with _served() as port, _line(port) as line:
        await line.says(head + b"\r\n")
        assert (await line.hears()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"\r\n", GOOD[:-2]])
async def test_a_head_that_does_not_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    async with _served() as port, _line(port) as line:
        await line.says(begun)
        assert await line.is_over() == b""
        await _is_served(port)
    assert not Bounded.unfinished


async def test_a_second_request_that_does_not_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    async with _served() as port, _line(port) as line:
        await line.says(GOOD)
        assert (await line.hears()).startswith(b"HTTP/1.1 200")
        await line.says(b"GET / HT")
        assert await line.is_over() == b""


async def test_of_very_many_unfinished_heads_the_oldest_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MOST_UNFINISHED", 10)
    async with _served() as port:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        for _, writer in slow:
            writer.write(b"GET / HT")
        for reader, _ in slow[:20]:
            assert await Line(reader, writer).is_over() == b""
        await _is_served(port)
        for _, writer in slow:
            writer.close()
