"""The demo stays on this computer while it runs, and leaves nothing when it is asked to stop."""

import asyncio

import httpx2

from kazasu.demo.place import TERMINAL_OPERATOR
from kazasu.demo.terminal.operator import operator_at
from tests.journeys.demo.running import Demo, alive, listens_at, processes_of

LOOPBACK = "0100007F"  # 127.0.0.1 as the kernel writes it


def test_nothing_listens_on_other_than_loopback(demo: Demo) -> None:
    pids = processes_of(demo)
    # Itself, fallback, cards, carrier, time-stamps, service; and where a certificate was no plain
    # one, the process that judged it apart.
    assert len(pids) in (6, 7)
    assert listens_at(pids) == {LOOPBACK}


async def test_asked_to_stop_it_ends_with_streams_open_and_nothing_left(own_demo: Demo) -> None:
    pids = processes_of(own_demo)
    addresses, place = own_demo.addresses, own_demo.place
    token = place.carrier_token.read_text()
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=None) as http,
        operator_at(
            own_demo.base,
            TERMINAL_OPERATOR.login,
            place.password(TERMINAL_OPERATOR),
            session=place.folder / "terminal-session",
        ) as operator,
        http.stream("GET", f"{own_demo.base}/demo/events") as page,
        http.stream(
            "GET", f"{addresses['carrier']}/events", headers={"Authorization": f"Bearer {token}"}
        ) as carrier,
    ):
        console = operator.news()
        assert await anext(console) == "hello"
        assert page.status_code == carrier.status_code == httpx2.codes.OK
        assert await asyncio.to_thread(own_demo.stop) == 0
    assert not alive(pids)
    assert not place.running.exists()
