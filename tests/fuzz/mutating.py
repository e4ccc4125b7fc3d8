"""Changes to bytes that matter to readers of DER, drawn by lot; the same seed draws the same."""

import random
from collections.abc import Callable, Iterator, Sequence

_ODD = (b"\x00", b"\x7f", b"\x80", b"\xff", b"\x30\x80", b"\x84\xff\xff\xff\xff", b"\x06\x01\x80")
_MOST_OCTETS = 70_000


def inputs(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Each seed as it is, then `count` with one to four changes."""
    yield from seeds
    lot = random.Random(seed)  # noqa: S311 - to draw the same again
    for _ in range(count):
        data = lot.choice(seeds)
        for _ in range(lot.choice((1, 1, 1, 2, 4))):
            data = lot.choice(_CHANGES)(data, seeds, lot)
        yield data[:_MOST_OCTETS]


def _place(data: bytes, lot: random.Random) -> int:
    return lot.randrange(len(data) + 1)


def _flip(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    if not data:
        return b"\x30"
    changed = bytearray(data)
    changed[lot.randrange(len(data))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def _odd(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    at, piece = _place(data, lot), lot.choice(_ODD)
    return data[:at] + piece + data[at + lot.choice((0, len(piece))) :]


def _cut(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    at = _place(data, lot)
    return data[:at] + data[at + lot.randrange(1, 40) :]


def _twice(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    at, size = _place(data, lot), lot.randrange(1, 200)
    return data[:at] + data[at : at + size] * lot.choice((2, 2, 3, 40)) + data[at + size :]


def _from_another(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    other = lot.choice(seeds)
    at, there, size = _place(data, lot), _place(other, lot), lot.randrange(1, 300)
    return data[:at] + other[there : there + size] + data[at + size :]


def _length(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    """One more or one less, where something looks like a length."""
    places = [at for at in range(1, len(data)) if data[at - 1] in (0x02, 0x04, 0x06, 0x30, 0x31)]
    if not places:
        return data
    at = lot.choice(places)
    changed = bytearray(data)
    changed[at] = (changed[at] + lot.choice((-1, 1, 0x80))) % 256
    return bytes(changed)


def _wrapped(data: bytes, seeds: Sequence[bytes], lot: random.Random) -> bytes:
    """A whole value made deeper, with lengths that fit."""
    for _ in range(lot.choice((1, 1, 30))):
        size = len(data).to_bytes(3)
        data = lot.choice((b"\x30", b"\x31", b"\xa0")) + b"\x83" + size + data
    return data


_CHANGES: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flip,
    _flip,
    _odd,
    _cut,
    _twice,
    _from_another,
    _length,
    _wrapped,
)
