"""Commands for the JPKI application and how their answers are fetched (ISO 7816-4)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Transmit: TypeAlias = Callable[[bytes], Awaitable[bytes]]
"""One command APDU to the card, its response APDU (data and two status bytes) back.

Raises `CardLost` when the card or the reader has gone; holds the card alone for one tap, and
leaves it reset. Two adapters: `http_card` for test cards, `reader` for PC/SC.
"""

OK = 0x9000
END_OF_FILE = 0x6282  # fewer bytes than asked came, and they are good
NOT_ALLOWED_YET = 0x6982
NOT_FOUND = 0x6A82
NO_REFERENCE_DATA = 0x6A88
BLOCKED = frozenset({0x6983, 0x6984, 0x63C0})
MOST_ROUNDS = 32


class CardLost(Exception):
    """The card left the field, or the reader failed, in the middle of a tap."""


class CardBusy(Exception):
    """Somebody else holds the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Bytes of one command. They may hold a PIN, so nothing ever prints them."""

    apdu: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Response data and status word."""

    data: bytes = field(repr=False)
    status: int

    @property
    def ok(self) -> bool:
        return self.status == OK

    @property
    def tries_left(self) -> int | None:
        """x of 63Cx, else None."""
        return self.status & 0x0F if self.status & 0xFFF0 == 0x63C0 else None


def select_application(aid: bytes) -> Command:
    return Command(apdu=b"\x00\xa4\x04\x0c" + bytes([len(aid)]) + aid)


def select_file(file_id: int) -> Command:
    return Command(apdu=b"\x00\xa4\x02\x0c\x02" + file_id.to_bytes(2, "big"))


def read(offset: int, count: int) -> Command:
    """`count` 1-256; offset has 15 bits."""
    if not 0 <= offset < 0x8000 or not 1 <= count <= 256:
        raise ValueError("READ BINARY takes a 15-bit offset and 1 to 256 bytes")
    return Command(apdu=b"\x00\xb0" + offset.to_bytes(2, "big") + bytes([count & 0xFF]))


def pin_status() -> Command:
    return Command(apdu=b"\x00\x20\x00\x80")


def verify(secret: bytes) -> Command:
    return Command(apdu=b"\x00\x20\x00\x80" + bytes([len(secret)]) + secret)


def sign(card_input: bytes) -> Command:
    """COMPUTE DIGITAL SIGNATURE over the DigestInfo or hash given, 1-255 bytes."""
    return Command(apdu=b"\x80\x2a\x00\x80" + bytes([len(card_input)]) + card_input + b"\x00")


async def exchange(transmit: Transmit, command: Command) -> Answer:
    """One command to its end: 6Cxx repeats it once with the Le the card wants, 61xx fetches."""
    answer = _answer(await transmit(command.apdu))
    if answer.status >> 8 == 0x6C and _carries_le(command.apdu):
        exact = bytes([answer.status & 0xFF])
        answer = _answer(await transmit(command.apdu[:-1] + exact))
    data = answer.data
    for _ in range(MOST_ROUNDS):
        if answer.status >> 8 != 0x61:
            break
        answer = _answer(await transmit(b"\x00\xc0\x00\x00" + bytes([answer.status & 0xFF])))
        data += answer.data
    return Answer(data=data, status=answer.status)


def _answer(raw: bytes) -> Answer:
    if len(raw) < 2:
        raise CardLost("the reader answered less than a status word")
    return Answer(data=raw[:-2], status=int.from_bytes(raw[-2:], "big"))


def _carries_le(apdu: bytes) -> bool:
    """Only commands that expect data are repeated: a VERIFY sent twice could cost two tries."""
    return apdu[1] in (0xB0, 0x2A)
