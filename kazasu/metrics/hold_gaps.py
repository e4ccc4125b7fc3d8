"""How often a caller may have heard nothing after a hold had ended: what this process can know.

The next request of a hold is due when its sound and its one second of listening are over. The
carrier's own timeline tells more; a call that went to another process in between is not seen.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from ivr.flow_engine import voice_actions as voice
from ivr.flow_engine.readings.speech_length import spoken_seconds
from ivr.flow_engine.session import Session

TOO_LONG: Final = 4.0  # seconds without sound that no call may have
_MOST: Final = 20_000
ASKED_BY_CARRIER: Final = frozenset({"timed_out", "digits_pressed", "resumed", "speech_heard"})


class HoldGaps:
    """`clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float], count: Callable[[], None]) -> None:
        self._clock = clock
        self._count = count
        self._due: OrderedDict[str, float] = OrderedDict()

    def heard(self, session: Session, heard: str) -> None:
        """One step of a call: what moved it, and what is to be drawn now."""
        now = self._clock()
        if heard in ASKED_BY_CARRIER:
            due = self._due.pop(session.call, None)
            if due is not None and now - due > TOO_LONG:
                self._count()
        drawn = session.pending
        if drawn is not None and isinstance(drawn.closing, voice.Hold):
            self._expect(session.call, now + _seconds(drawn, drawn.closing))
        elif drawn is not None or session.wait == "ended":
            self._due.pop(session.call, None)

    def _expect(self, call: str, due: float) -> None:
        self._due[call] = due
        self._due.move_to_end(call)
        if len(self._due) > _MOST:
            self._due.popitem(last=False)


def _seconds(drawn: voice.Document, hold: voice.Hold) -> float:
    spoken: float = spoken_seconds(drawn.spoken)
    return spoken + max(hold.seconds, spoken_seconds(hold.spoken) + 1)
