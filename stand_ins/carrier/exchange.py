"""The carrier's state: the account, its numbers, telephones, queues and calls."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, field

from stand_ins.carrier.calls.call import Call, StatusCallback, new_sid
from stand_ins.carrier.clock import CallClock, Pace
from stand_ins.carrier.faults import Faults
from stand_ins.carrier.messages import Messages
from stand_ins.carrier.phones import Phones
from stand_ins.carrier.queues import Queues
from stand_ins.carrier.settings import Credentials, ServedNumber
from stand_ins.carrier.timeline import Feed, Timeline
from stand_ins.carrier.webhooks.delivery import Delivery

UNKNOWN_SOUND = 1.0
MOST_CALLS = 500
"""Calls with their timelines."""
MOST_RECORDS = 20_000
"""Calls that REST still tells about, as the real one does for months."""
LONGEST_JOURNAL = 50_000


@dataclass(slots=True, kw_only=True, eq=False)
class Exchange:
    """Everything that calls, REST and the control API share."""

    credentials: Credentials
    pace: Pace
    faults: Faults
    delivery: Delivery
    numbers: dict[str, ServedNumber] = field(default_factory=dict)
    phones: Phones = field(default_factory=Phones)
    queues: Queues = field(default_factory=Queues)
    messages: Messages = field(default_factory=Messages)
    calls: dict[str, Call] = field(default_factory=dict)
    records: dict[str, Call] = field(default_factory=dict)
    journal: Feed = field(default_factory=lambda: Feed(longest=LONGEST_JOURNAL))
    _sounds: dict[str, float] = field(default_factory=dict)

    def new_call(
        self,
        *,
        from_number: str,
        to_number: str,
        direction: str,
        parent_sid: str | None = None,
        fallback: str | None = None,
        status_callback: StatusCallback | None = None,
    ) -> Call:
        """A leg with its own clock and timeline; of the oldest ended ones the record is kept."""
        sid = new_sid()
        clock = CallClock(self.pace)
        call = Call(
            sid=sid,
            account_sid=self.credentials.account_sid,
            from_number=from_number,
            to_number=to_number,
            direction=direction,
            clock=clock,
            timeline=Timeline(sid, clock.now, self.journal),
            parent_sid=parent_sid,
            fallback=fallback,
            status_callback=status_callback,
        )
        self.calls[sid] = call
        ended = [sid for sid, other in self.calls.items() if not other.live]
        for old in ended[: max(0, len(self.calls) - MOST_CALLS)]:
            self.records[old] = past = self.calls.pop(old)
            past.timeline.entries.clear()
        for oldest in list(self.records)[: max(0, len(self.records) - MOST_RECORDS)]:
            del self.records[oldest]
        return call

    async def sound_seconds(self, url: str) -> float | None:
        """A WAV file's length; None when it cannot be fetched or read. Asked once per URL."""
        if url not in self._sounds:
            data = await self.delivery.sender.media(url)
            try:
                with wave.open(io.BytesIO(data or b"")) as sound:
                    self._sounds[url] = sound.getnframes() / sound.getframerate()
            except (wave.Error, EOFError):
                return None
        return self._sounds[url]

    async def close(self) -> None:
        """End all work; readers of timelines are let go."""
        self.journal.close()
        for call in self.calls.values():
            call.timeline.feed.close()
        await self.delivery.close()
