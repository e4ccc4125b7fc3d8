"""The number that the call speaks and the app offers among three.

Six different digits out of 2 3 4 5 6 8 9: without 0, 1 and 7 none is heard or read as another
(いち and しち), and no two offered numbers share a digit.
"""

from itertools import permutations
from typing import Final

from identity.pairing.model import MatchRound

DIGITS: Final = "2345689"
_NUMBERS: Final = tuple(a + b for a, b in permutations(DIGITS, 2))
RANDOM_BYTES: Final = 32


def draw(random: bytes, previous: MatchRound | None = None) -> MatchRound:
    """A round from 32 random bytes; uniform to one part in 2^115.

    The right number of a later round was not offered in the round before: what the caller hears
    is new, and what was picked wrongly cannot become right.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError("a round needs 32 random bytes")
    rights = [n for n in _NUMBERS if previous is None or n not in previous.offered]
    right = rights[int.from_bytes(random[:16], "big") % len(rights)]
    rest = [digit for digit in DIGITS if digit not in right]
    others = list(permutations(rest, 4))
    a, b, c, d = others[int.from_bytes(random[16:], "big") % len(others)]
    low, middle, high = sorted((right, a + b, c + d))
    return MatchRound(
        number=1 if previous is None else previous.number + 1,
        offered=(low, middle, high),
        right=right,
    )
