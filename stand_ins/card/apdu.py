"""Command and response APDUs (ISO 7816-3/-4): the bytes on the wire as plain values."""

from dataclasses import dataclass, field
from enum import IntEnum


class Status(IntEnum):
    """Status words the software card answers with."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    WRONG_FILE_KIND = 0x6981
    NOT_ALLOWED_YET = 0x6982
    BLOCKED = 0x6983
    NO_FILE_SELECTED = 0x6986
    NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6A86
    PAST_THE_END = 0x6B00
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One parsed command. `le` is how many bytes are expected, None when no Le was sent."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)  # may be a PIN
    le: int | None = None


def parse(apdu: bytes) -> Command | None:
    """Cases 1-4, short and extended. None when lengths inside the bytes do not agree."""
    if len(apdu) < 4:
        return None
    cla, ins, p1, p2 = apdu[:4]
    lengths = _lengths(apdu[4:])
    if lengths is None:
        return None
    data, le = lengths
    return Command(cla=cla, ins=ins, p1=p1, p2=p2, data=data, le=le)


def _lengths(body: bytes) -> tuple[bytes, int | None] | None:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or 256
    if body[0] == 0:
        return _extended(body[1:])
    data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(data) != body[0] or len(rest) > 1:
        return None
    return data, (rest[0] or 256) if rest else None


def _extended(body: bytes) -> tuple[bytes, int | None] | None:
    if len(body) < 2:
        return None
    first = int.from_bytes(body[:2], "big")
    if len(body) == 2:
        return b"", first or 65536
    data, rest = body[2 : 2 + first], body[2 + first :]
    if not first or len(data) != first or len(rest) not in (0, 2):
        return None
    return data, (int.from_bytes(rest, "big") or 65536) if rest else None


def response(status: int, data: bytes = b"") -> bytes:
    """Response APDU: data, then the two status bytes."""
    return data + status.to_bytes(2, "big")
