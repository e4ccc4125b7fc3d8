"""Whose address counts: the connection's, or what N proxies of ours saw; never a client's word."""

import pytest
from quart import Quart, request

from door_frame.client_address import client_address

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
