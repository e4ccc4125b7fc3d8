"""Compare two ways of doing something, in interleaved rounds, as a ratio of medians.

Machines are noisy: A and B take turns, and only their ratio is told. No test fails by time.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 9
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`ratio` is ours as a share of the yardstick's speed: 1 is as fast, 0.5 takes twice as long.

    `ours` and `yardstick` are median microseconds of one go, to see the order of magnitude.
    """

    name: str
    ratio: float
    spread: tuple[float, float]
    ours: float
    yardstick: float
    goal: str


def compare(
    name: str,
    ours: Callable[[], object],
    yardstick: Callable[[], object],
    *,
    times: int,
    goal: str,
    clock: Clock = time.process_time,
) -> Measured:
    ours()
    yardstick()
    pairs = [(_timed(ours, times, clock), _timed(yardstick, times, clock)) for _ in range(ROUNDS)]
    return told(name, *_columns(pairs), goal)


async def compare_async(
    name: str,
    ours: Callable[[], Awaitable[object]],
    yardstick: Callable[[], Awaitable[object]],
    *,
    times: int,
    goal: str,
    clock: Clock = time.process_time,
) -> Measured:
    await ours()
    await yardstick()
    pairs = []
    for _ in range(ROUNDS):
        a = await _timed_async(ours, times, clock)
        pairs.append((a, await _timed_async(yardstick, times, clock)))
    return told(name, *_columns(pairs), goal)


def _timed(go: Callable[[], object], times: int, clock: Clock) -> float:
    began = clock()
    for _ in range(times):
        go()
    return (clock() - began) / times


async def _timed_async(go: Callable[[], Awaitable[object]], times: int, clock: Clock) -> float:
    began = clock()
    for _ in range(times):
        await go()
    return (clock() - began) / times


def _columns(pairs: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [a for a, _ in pairs], [b for _, b in pairs]


def told(name: str, ours: Sequence[float], yardstick: Sequence[float], goal: str) -> Measured:
    """From what each took in each round, in seconds."""
    ratios = sorted(b / a for a, b in zip(ours, yardstick, strict=True) if a > 0)
    return Measured(
        name=name,
        ratio=statistics.median(ratios),
        spread=(ratios[0], ratios[-1]),
        ours=statistics.median(ours) * 1e6,
        yardstick=statistics.median(yardstick) * 1e6,
        goal=goal,
    )
