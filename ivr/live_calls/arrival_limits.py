"""How many calls the dialogue takes: the others go straight to a person (threat T28).

No call is refused and none is hung up on: an excess call hears one sentence and waits for an
operator, unverified. What is reported as the caller's number may be forged, so a number that called
too often is never blocked, only spared the dialogue.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

_LAST_DIGITS: Final = 4
"""Numbers that differ in these only are one block, which one subscriber may hold."""
BLOCK: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """`per_number`, ten times that for a block of numbers, and `withheld` within `window_seconds`;
    `per_minute` are all calls of the deployment."""

    window_seconds: int = 600
    per_number: int = 10
    withheld: int = 600
    per_minute: int = 3_600


class Counting(Protocol):
    """Sliding windows; ConnectionError when the counts cannot be had."""

    async def add(self, key: str, *, window_seconds: int) -> int: ...


class ArrivalLimits:
    """`mark` stands for a number, or the beginning of one, in a counter's key: numbers are kept
    nowhere in the clear."""

    def __init__(self, counters: Counting, limits: CallLimits, mark: Callable[[str], str]) -> None:
        self._counters = counters
        self._limits = limits
        self._mark = mark

    async def has_room(self, number: str) -> bool:
        """Whether this new call may have the dialogue. `number` is E.164, "" when withheld.

        Those whom a narrower limit turns aside do not count for a wider one: a flood from few
        numbers takes nothing from everybody else. While nobody can count, all have room.
        """
        limits = self._limits
        try:
            if not await self._narrow(number):
                return False
            everybody = await self._counters.add("calls:all", window_seconds=60)
        except ConnectionError:
            return True
        return everybody <= limits.per_minute

    async def _narrow(self, number: str) -> bool:
        limits, window = self._limits, self._limits.window_seconds
        if not number:
            withheld = await self._counters.add("calls:withheld", window_seconds=window)
            return withheld <= limits.withheld
        key = f"calls:number:{self._mark(number)}"
        if await self._counters.add(key, window_seconds=window) > limits.per_number:
            return False
        key = f"calls:block:{self._mark(number[:-_LAST_DIGITS])}"
        return await self._counters.add(key, window_seconds=window) <= limits.per_number * BLOCK
