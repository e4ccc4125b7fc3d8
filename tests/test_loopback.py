"""The guard of `tests/conftest.py` holds, and leaves this computer's own sockets alone."""

import asyncio
import socket
from collections.abc import Iterator

import httpx2
import pytest

from tests import loopback
from tests.loopback import LeavesThisComputer

OUTSIDE = "192.0.2.7"  # TEST-NET-1 (RFC 5737): nobody's


@pytest.fixture(autouse=True)
def _refusals_are_meant(_nothing_left_this_computer: object) -> Iterator[None]:
    yield
    assert loopback.REFUSED
    loopback.REFUSED.clear()


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, (OUTSIDE, 443)), (socket.AF_INET6, ("2001:db8::7", 443, 0, 0))],
)
def test_no_connection_leaves(family: int, address: tuple[object, ...]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as ours:
        ours.settimeout(0.1)
        with pytest.raises(LeavesThisComputer):
            ours.connect(address)


def test_no_datagram_leaves() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        pytest.raises(LeavesThisComputer),
    ):
        ours.sendto(b"?", (OUTSIDE, 53))


@pytest.mark.parametrize("host", ["api.twilio.com", b"api.twilio.com", OUTSIDE])
def test_no_name_is_looked_up(host: str | bytes) -> None:
    with pytest.raises(LeavesThisComputer):
        socket.getaddrinfo(host, 443)


async def test_asyncio_and_http_clients_are_refused_too() -> None:
    with pytest.raises(LeavesThisComputer):
        await asyncio.open_connection("api.twilio.com", 443)
    async with httpx2.AsyncClient(trust_env=False) as http:
        with pytest.raises(LeavesThisComputer):
            await http.get("https://api.twilio.com/")


def test_a_swallowed_refusal_is_still_known() -> None:
    try:
        socket.create_connection((OUTSIDE, 443), timeout=0.1)
    except Exception:  # noqa: S110  # what an over-careful library does
        pass
    assert loopback.REFUSED == [OUTSIDE]


async def test_loopback_is_left_alone() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(
            "localhost", server.sockets[0].getsockname()[1], family=socket.AF_INET
        )
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()
    loopback.REFUSED.append("none here: the fixture wants one")
