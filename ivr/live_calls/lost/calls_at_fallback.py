"""Calls whose carrier got no document from us: it has turned to its fallback by now.

There the caller talks to a person, or soon will, and a redirect would pull them away. What became
of their check is kept as ever; only nobody pushes it to the call until the carrier asks us again.
Which calls those are is known to this process alone, the one that failed to answer; that there are
some is told to whoever listens.
"""

from collections.abc import Callable
from typing import Final

_MOST: Final = 20_000


class CallsAtFallback:
    def __init__(self) -> None:
        self._calls: dict[str, None] = {}
        self._hears: Callable[[], None] = _nobody

    def watch(self, hears: Callable[[], None]) -> None:
        """Tell somebody of every call that goes there. It must not raise."""
        self._hears = hears

    def __contains__(self, carrier_call_id: str) -> bool:
        return carrier_call_id in self._calls

    def gone(self, carrier_call_id: str) -> None:
        """A request of this call was not answered with a document of ours."""
        self._calls[carrier_call_id] = None
        if len(self._calls) > _MOST:
            del self._calls[next(iter(self._calls))]
        self._hears()

    def back(self, carrier_call_id: str) -> None:
        """It got one, or the call is over."""
        self._calls.pop(carrier_call_id, None)


def _nobody() -> None:
    return
