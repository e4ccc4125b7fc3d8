"""The code a call speaks: 8 or 10 digits, the last a Damm digit, so that slips cost no try."""

import unicodedata

# A totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_LENGTHS = frozenset({8, 10})


def typed_code(typed: str) -> str | None:
    """The digits of what was typed (full-width digits, spaces and hyphens allowed), or None.

    None means: not a code that a call could have spoken. Nothing needs to be sent.
    """
    digits = "".join(
        mark for mark in unicodedata.normalize("NFKC", typed) if mark not in " -‐−ー\t"
    )
    if len(digits) not in _LENGTHS or not (digits.isascii() and digits.isdigit()):
        return None
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return digits if interim == 0 else None
