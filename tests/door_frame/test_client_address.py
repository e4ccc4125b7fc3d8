"""Whose address counts: the connection's, or what N proxies of ours saw; never a client's word."""

from typing import Any

import pytest
from quart import Quart, request

from door_frame.client_address import asked_on_this_machine, client_address

TABLE: list[tuple[str, list[str], int, str]] = [
    ("192.0.2.1", [], 0, "192.0.2.1"),
    ("192.0.2.1", ["203.0.113.9"], 0, "192.0.2.1"),
    ("10.0.0.1", ["203.0.113.9"], 1, "203.0.113.9"),
    ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], 1, "203.0.113.9"),
    ("10.0.0.1", ["6.6.6.6", "203.0.113.9, 10.0.0.2"], 2, "203.0.113.9"),
    ("10.0.0.1", [], 1, "unknown"),
    ("10.0.0.1", ["203.0.113.9"], 2, "unknown"),
    ("10.0.0.1", ["<script>"], 1, "unknown"),
    ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
    ("::ffff:192.0.2.1", [], 0, "192.0.2.1"),
]


@pytest.mark.parametrize(("peer", "forwarded", "proxies", "expected"), TABLE)
async def test_address(peer: str, forwarded: list[str], proxies: int, expected: str) -> None:
    app = Quart("address", static_folder=None)

    @app.get("/")
    async def say() -> str:
        return client_address(request, trusted_proxies=proxies)

    answer = await app.test_client().get(
        "/",
        headers=[("X-Forwarded-For", value) for value in forwarded],
        scope_base={"client": (peer, 1)},
    )
    assert await answer.get_data(as_text=True) == expected


@pytest.mark.parametrize(
    ("scope", "host", "expected"),
    [
        ({}, "127.0.0.1:8080", True),
        ({}, "[::1]:8080", True),
        ({"client": ("::1", 1), "http_version": "2"}, "localhost", True),
        ({"client": None}, "127.0.0.1", False),
        ({"client": ("192.0.2.1", 1)}, "127.0.0.1", False),
        ({}, "id.example.jp", False),
        ({}, "127.0.0.1.example.jp", False),
        ({"http_version": "1.0"}, "127.0.0.1:8080", False),  # nginx that was told nothing
    ],
)
async def test_who_asks_on_this_machine(scope: dict[str, Any], host: str, expected: bool) -> None:
    app = Quart("near", static_folder=None)

    @app.get("/")
    async def say() -> str:
        return str(asked_on_this_machine(request))

    base = {"client": ("127.0.0.1", 1)} | scope
    answer = await app.test_client().get("/", headers={"Host": host}, scope_base=base)
    assert await answer.get_data(as_text=True) == str(expected)
