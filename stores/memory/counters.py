"""Sliding windows in this process. Exact, and bounded: the least recently used keys go first."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable

MOST_EVENTS = 500_000
"""About 16 MB of times, over all keys."""
MOST_PER_KEY = 32_768
"""More than any limit of the policy; beyond it a key counts no higher."""


class MemoryCounters:
    """`monotonic` gives seconds. Gone with the process, as the port allows."""

    def __init__(self, monotonic: Callable[[], float], *, most_events: int = MOST_EVENTS) -> None:
        self._monotonic = monotonic
        self._most = most_events
        self._times: OrderedDict[str, list[float]] = OrderedDict()
        self._events = 0

    async def add(self, key: str, *, window_seconds: int) -> int:
        times = self._recent(key, window_seconds)
        times.append(self._monotonic())
        self._events += 1
        if len(times) > MOST_PER_KEY:
            del times[0]
            self._events -= 1
        self._times[key] = times
        self._times.move_to_end(key)
        while self._events > self._most and len(self._times) > 1:
            _, dropped = self._times.popitem(last=False)
            self._events -= len(dropped)
        return len(times)

    async def count(self, key: str, *, window_seconds: int) -> int:
        return len(self._recent(key, window_seconds))

    def _recent(self, key: str, window_seconds: int) -> list[float]:
        """Forget what has left the window. A key is always asked with the same window."""
        times = self._times.get(key)
        if times is None:
            return []
        gone = bisect_right(times, self._monotonic() - window_seconds)
        del times[:gone]
        self._events -= gone
        if not times:
            del self._times[key]
        return times
