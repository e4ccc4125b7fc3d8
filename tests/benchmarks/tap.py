"""From the tap to the operator's screen, through the service as a process and over real HTTP.

The clock runs from the app's request with the card's signature until the console's stream tells of
the caller. Beside it: an empty request to the same server, which is refused at once, and what makes
the verdict durable, one append with its `fdatasync`.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2
from rich.console import Console

from kazasu.demo.terminal.operator import TerminalOperator
from tests.benchmarks.rounds import Measured, told
from tests.journeys.resilience.house import House, build
from tests.journeys.resilience.story import Story, story

TAPS: Final = 9
POSTS: Final = 20
TIMES: Final = 2.5
"""So many empty requests, and one durable append, may lie between tap and screen."""
_WITHIN: Final = 10.0
_say: Final = Console(stderr=True).print


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        house = await build(Path(folder))
        try:
            seen = [await _one(house) for _ in range(TAPS + 1)][1:]  # the first one warms
        finally:
            house.stop()
    pairs = [pair for pair in seen if pair is not None]
    if len(pairs) < TAPS // 2:
        _say("this machine is too busy for calls from tap to screen: they are left out")
        return []
    taps, allowed = [tap for tap, _ in pairs], [most for _, most in pairs]
    name = f"tap to the console's event, p50 of {TAPS}: {TIMES} empty POSTs and an fdatasync by it"
    return [told(name, [statistics.median(taps)], [statistics.median(allowed)], ">= 1.0")]


async def _one(house: House) -> tuple[float, float] | None:
    """Seconds from tap to event, and how many it may be; None when it did not come in time."""
    async with story(house) as call:
        await call.in_the_ivr()
        async with _hears(call.desk.console) as event:  # without a stream nobody is at the desk
            await call.desk.free()
            proof, tapped = await call.in_the_app_until_the_proof()
            began = time.perf_counter()
            proving = asyncio.ensure_future(proof.prove(tapped))
            try:
                took = await asyncio.wait_for(event, _WITHIN) - began
            except TimeoutError:
                return None
            finally:
                await proving
        return took, TIMES * await _empty_post(call) + _append(house.folder)


@asynccontextmanager
async def _hears(console: TerminalOperator) -> AsyncIterator["asyncio.Future[float]"]:
    """When the caller's screen is told, on the clock that only counts on."""
    heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    url, opened = f"{console.base}/operator/events", asyncio.Event()

    async def follow() -> None:
        async with console.http.stream("GET", url, timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line == "event: hello":
                    opened.set()
                elif line == "event: pop" and not heard.done():
                    heard.set_result(time.perf_counter())

    following = asyncio.ensure_future(follow())
    try:
        await opened.wait()
        yield heard
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _empty_post(call: Story) -> float:
    took = []
    async with httpx2.AsyncClient(trust_env=False) as http:
        for _ in range(POSTS):
            began = time.perf_counter()
            await http.post(f"{call.house.base}/carriers/twilio/turn", content=b"")
            took.append(time.perf_counter() - began)
    return statistics.median(took)


def _append(folder: Path) -> float:
    with (folder / "appended").open("ab", buffering=0) as file:
        took = []
        for _ in range(POSTS):
            began = time.perf_counter()
            file.write(b"x" * 1024)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took)
