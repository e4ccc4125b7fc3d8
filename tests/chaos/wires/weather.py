"""What a wire does to the bytes on it, as values: the same seed spoils the same bytes."""

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Literal

Way = Literal["there", "back"]


class Then(Enum):
    """What becomes of the connection after a piece has passed."""

    GO_ON = "go_on"
    RESET = "reset"
    CLOSE = "close"
    HALF_CLOSE = "half_close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Seconds, and chances per piece of at most 64 kB as it was read.

    `latency` +- `jitter` for every piece; `stall` is how long one piece in ten is kept; `reset`,
    `half_close` and `truncate` end the connection; `flip` turns one bit round. `blocked` keeps one
    way ("there": towards the server, "back") for as long as it lasts, and `black_hole` both, new
    connections too (they are taken and nothing is heard). `refused`: new connections are reset.
    What is kept flows on afterwards, as retransmissions would bring it.
    """

    latency: float = 0.0
    jitter: float = 0.0
    stall: float = 0.0
    reset: float = 0.0
    half_close: float = 0.0
    truncate: float = 0.0
    flip: float = 0.0
    blocked: Literal["", "there", "back"] = ""
    black_hole: bool = False
    refused: bool = False

    def keeps(self, way: Way) -> bool:
        return self.black_hole or self.blocked == way


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """`delay` in seconds, then `piece` passes, then the connection goes on or not."""

    delay: float
    piece: bytes
    then: Then

    def harmed(self, original: bytes) -> bool:
        return self.then is not Then.GO_ON or self.piece != original


CLEAR = Weather()
_STALLED = 0.1


def fate(weather: Weather, piece: bytes, random: Random) -> Fate:
    """One piece's fate. Draws the same number of times in any weather, so that what a seed does
    to one piece does not depend on what was switched before."""
    jitter, stalled, ended, cut, flipped, where = (random.random() for _ in range(6))
    delay = max(0.0, weather.latency + weather.jitter * (2 * jitter - 1))
    if weather.stall and stalled < _STALLED:
        delay += weather.stall
    if flipped < weather.flip:
        piece = turned_round(piece, int(where * len(piece) * 8))
    if cut < weather.truncate:
        return Fate(delay=delay, piece=piece[: int(where * len(piece))], then=Then.CLOSE)
    if ended < weather.reset:
        return Fate(delay=delay, piece=b"", then=Then.RESET)
    if ended < weather.reset + weather.half_close:
        return Fate(delay=delay, piece=piece, then=Then.HALF_CLOSE)
    return Fate(delay=delay, piece=piece, then=Then.GO_ON)


def turned_round(piece: bytes, bit: int) -> bytes:
    """`piece` with one bit different; an empty one stays."""
    if not piece:
        return piece
    changed = bytearray(piece)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
