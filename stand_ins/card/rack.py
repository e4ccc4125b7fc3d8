"""The rack: every test card in a slot of its own, one holder at a time.

Inserting powers the card up, removing takes the power away; counters stay until the card is put
back to its fresh state. A holder that sends nothing for `idle_seconds` has left the field.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from stand_ins.card.card_file import CardFile
from stand_ins.card.software_card import SoftwareCard

SIGN_INSTRUCTION = 0x2A


class UnknownCard(LookupError):
    """No card by that name."""


class CardInUse(Exception):
    """Another holder has it."""


class NotInSlot(Exception):
    """The slot token is not, or no longer, the holder's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """`token` proves to be the holder in each further request."""

    token: str = field(repr=False)
    atr: bytes


@dataclass(slots=True, kw_only=True)
class _Slot:
    file: CardFile
    card: SoftwareCard
    holder: str | None = None
    last_heard: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rack:
    """`read_cards` is asked again for names not seen yet: cards may be made while this runs.

    `now` is a monotonic clock and `wait` a sleep, both in seconds.
    """

    def __init__(
        self,
        read_cards: Callable[[], Mapping[str, CardFile]],
        *,
        new_token: Callable[[], str],
        now: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        idle_seconds: float,
    ) -> None:
        self._read_cards = read_cards
        self._new_token = new_token
        self._now = now
        self._wait = wait
        self._idle_seconds = idle_seconds
        self._slots: dict[str, _Slot] = {}

    def cards(self) -> list[CardFile]:
        """All cards by name, files added since the last look included."""
        for name, file in self._read_cards().items():
            if name not in self._slots:
                self._slots[name] = _Slot(file=file, card=SoftwareCard(file))
        return [self._slots[name].file for name in sorted(self._slots)]

    def insert(self, name: str) -> Inserted:
        """Take the card and power it up. `CardInUse` while somebody else holds it."""
        slot = self._slot(name)
        if slot.holder is not None and not self._left(slot):
            raise CardInUse
        slot.holder = self._new_token()
        slot.last_heard = self._now()
        return Inserted(token=slot.holder, atr=slot.card.reset())

    async def transmit(self, name: str, token: str, apdu: bytes) -> bytes:
        """One APDU, after the card's own delay. `NotInSlot` also when it was removed meanwhile."""
        slot = self._held(name, token)
        async with slot.turn:
            delay = _delay(slot.file, apdu)
            if delay:
                await self._wait(delay)
            self._held(name, token)
            slot.last_heard = self._now()
            return slot.card.transmit(apdu)

    def remove(self, name: str, token: str) -> None:
        """Power off and let go: what a PIN opened is closed."""
        slot = self._held(name, token)
        slot.card.power_off()
        slot.holder = None

    def restore(self, name: str) -> None:
        """A fresh card in the slot, counters as in its file, held by nobody."""
        file = self._read_cards().get(name) or self._slot(name).file
        self._slots[name] = _Slot(file=file, card=SoftwareCard(file))

    def _slot(self, name: str) -> _Slot:
        if name not in self._slots:
            self.cards()
        if name not in self._slots:
            raise UnknownCard
        return self._slots[name]

    def _held(self, name: str, token: str) -> _Slot:
        slot = self._slot(name)
        if slot.holder is None or not compare_digest(slot.holder.encode(), token.encode()):
            raise NotInSlot
        return slot

    def _left(self, slot: _Slot) -> bool:
        idle = self._now() - slot.last_heard
        return idle >= self._idle_seconds and not slot.turn.locked()


def _delay(file: CardFile, apdu: bytes) -> float:
    signs = apdu[1:2] == bytes([SIGN_INSTRUCTION])
    milliseconds = file.options.delay_ms + (file.options.signature_delay_ms if signs else 0)
    return milliseconds / 1000
