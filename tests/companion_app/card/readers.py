"""Readers between the client and the software card: recording, T=0 habits, a card that leaves."""

from collections.abc import Awaitable, Callable

from companion_app.card.apdu import CardLost
from stand_ins.card.software_card import SoftwareCard


class RecordingReader:
    """Passes every command on and keeps it."""

    def __init__(self, card: SoftwareCard) -> None:
        self._card = card
        self.commands: list[bytes] = []

    async def __call__(self, apdu: bytes) -> bytes:
        self.commands.append(apdu)
        return self._card.transmit(apdu)

    @property
    def instructions(self) -> list[str]:
        """CLA and INS of each command, with P1 for SELECT."""
        return [c[: 3 if c[1] == 0xA4 else 2].hex().upper() for c in self.commands]

    @property
    def verifies(self) -> int:
        """How many VERIFY commands carried a body."""
        return sum(1 for c in self.commands if c[1] == 0x20 and len(c) > 5)


class TZeroReader(RecordingReader):
    """Keeps each answer back as ISO 7816-3 T=0 readers do: 61xx, then GET RESPONSE; 6Cxx first."""

    def __init__(self, card: SoftwareCard) -> None:
        super().__init__(card)
        self._kept = b""

    async def __call__(self, apdu: bytes) -> bytes:
        if apdu[:2] == b"\x00\xc0":
            self.commands.append(apdu)
            return self._release(apdu[4] or 256)
        answer = await super().__call__(apdu)
        if len(answer) == 2:
            return answer
        if apdu[1] == 0xB0 and len(answer) - 2 < (apdu[4] or 256):
            return bytes([0x6C, len(answer) - 2])
        self._kept = answer[:-2]
        return self._more()

    def _more(self) -> bytes:
        return bytes([0x61, min(len(self._kept), 256) & 0xFF]) if self._kept else b"\x90\x00"

    def _release(self, count: int) -> bytes:
        count = min(count, 100)  # some readers give less than they announced
        out, self._kept = self._kept[:count], self._kept[count:]
        return out + self._more()


class ScriptedReader(RecordingReader):
    """Answers chosen commands itself: `answers` maps the beginning of a command to a response."""

    def __init__(self, card: SoftwareCard, answers: dict[str, str]) -> None:
        super().__init__(card)
        self._answers = {bytes.fromhex(k): bytes.fromhex(v) for k, v in answers.items()}

    async def __call__(self, apdu: bytes) -> bytes:
        passed = await super().__call__(apdu)
        for beginning, answer in self._answers.items():
            if apdu.startswith(beginning):
                return answer
        return passed


def leaving_after(count: int, card: SoftwareCard) -> Callable[[bytes], Awaitable[bytes]]:
    """The card leaves the field after `count` commands."""
    left = count

    async def transmit(apdu: bytes) -> bytes:
        nonlocal left
        if not left:
            raise CardLost
        left -= 1
        return card.transmit(apdu)

    return transmit
