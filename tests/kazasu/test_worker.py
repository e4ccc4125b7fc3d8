"""The loops beside the doors: one that fails goes on, one that is woken runs, all stop."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from kazasu.worker import Loop, Worker


class Turns:
    """Counts; `reached` waits until so many have begun."""

    def __init__(self, fails: int = 0, error: BaseException | None = None) -> None:
        self.begun = 0
        self._fails = fails
        self._error = error or ValueError("of 090-1234-5678")
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._changed:
            self.begun += 1
            self._changed.notify_all()
        if self.begun <= self._fails:
            raise self._error

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(lambda: self.begun >= count)


async def _with(loop: Loop, then: Callable[[], Awaitable[None]]) -> None:
    worker = Worker([loop])
    await worker.begin()
    try:
        await then()
    finally:
        await worker.stop()


@pytest.mark.parametrize("error", [ValueError("090-1234-5678"), TimeoutError(), OSError(5, "x")])
async def test_a_turn_that_fails_is_noted_and_followed_by_the_next(error: Exception) -> None:
    turns = Turns(fails=2, error=error)
    with capture_logs() as lines:
        await _with(Loop(name="outbox", every=0.001, turn=turns), lambda: turns.reached(4))
    failed = [line for line in lines if line["event"] == "loop_failed"]
    assert [line["loop"] for line in failed] == ["outbox", "outbox"]


async def test_a_wake_does_not_wait_for_the_clock() -> None:
    turns, wake = Turns(), asyncio.Event()
    loop = Loop(name="outbox", every=3600, turn=turns, wake=wake)

    async def woken_twice() -> None:
        for count in (1, 2, 3):
            await turns.reached(count)
            wake.set()

    await _with(loop, woken_twice)
    assert turns.begun >= 3


async def test_a_wake_during_a_turn_is_not_lost() -> None:
    wake = asyncio.Event()
    inner = Turns()

    async def turn() -> None:
        first = inner.begun == 0
        await inner()
        if first:
            wake.set()  # something was written after this turn had looked

    loop = Loop(name="outbox", every=3600, turn=turn, wake=wake)
    await _with(loop, lambda: inner.reached(2))


async def test_stopping_ends_a_turn_that_waits_and_begins_no_other() -> None:
    ended = asyncio.Event()
    begun = asyncio.Event()

    async def turn() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def then() -> None:
        await begun.wait()

    await _with(Loop(name="offers", every=0.001, turn=turn), then)
    assert ended.is_set()


async def test_one_that_fails_does_not_hold_another_up() -> None:
    broken, good = Turns(fails=10**9), Turns()
    worker = Worker(
        [Loop(name="a", every=0.001, turn=broken), Loop(name="b", every=0.001, turn=good)]
    )
    with capture_logs():
        await worker.begin()
        await asyncio.gather(broken.reached(3), good.reached(3))
        await worker.stop()
