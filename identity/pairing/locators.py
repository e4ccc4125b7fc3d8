"""What leads to a pairing: spoken codes, link tokens, dial tickets, keyed codes. They only reserve,
they prove nothing.

A code is derived, not drawn: HMAC-SHA-256(deployment code key, its kind, pairing id, attempt) gives
the random digits. So the same errand asked twice hears the same code, while the store keeps only
the locator hash, from which nobody can go back to the code without both keys. A pairing id is 128
random bits, so codes are as good as random. An attempt counts up while the code is taken.
"""

import base64
import hashlib
import hmac
import re
from typing import Final

from identity.pairing.model import Mode, PairingId

ATTEMPTS: Final = 16
CHECK_DIGITS: Final = 1
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)

# The totally anti-symmetric quasigroup of order 10 of H. M. Damm's thesis (2004): catches every
# single wrong digit and every swap of neighbours.
_DAMM: Final = (
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


def damm(digits: str) -> str:
    """The check digit of a string of digits; over digits and check digit together it is "0"."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def spoken_code(random: bytes, random_digits: int) -> str:
    """`random_digits` digits and their check digit, from at least 16 random bytes.

    Reducing 128 bits modulo 10^9 favours no code by more than one part in 10^29.
    """
    if len(random) < 16:
        raise ValueError("a code needs 16 random bytes")
    digits = str(int.from_bytes(random, "big") % 10**random_digits).zfill(random_digits)
    return digits + damm(digits)


def code_of(
    key: bytes,
    pairing: PairingId,
    attempt: int,
    random_digits: int,
    mode: Mode = Mode.SPOKEN_CODE,
) -> str:
    """The code of a pairing at an attempt (from 0). A dial ticket is a code of its own kind."""
    kind = mode.value.replace("_", " ").encode()
    words = (kind, pairing.encode(), bytes((attempt, random_digits)))
    return spoken_code(_derived(key, words), random_digits)


def link_token(key: bytes, pairing: PairingId) -> str:
    """128 bits, base64url: 22 characters. One is enough, as no two pairings share one."""
    derived = _derived(key, (b"sms link", pairing.encode()))
    return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


def find_code(
    *,
    code_key: bytes,
    locator_key: bytes,
    pairing: PairingId,
    stored: bytes,
    lengths: tuple[int, ...],
    mode: Mode = Mode.SPOKEN_CODE,
) -> str:
    """The code that was given for a stored pairing; "" when no attempt gives its hash."""
    for random_digits in lengths:
        for attempt in range(ATTEMPTS):
            code = code_of(code_key, pairing, attempt, random_digits, mode)
            if hmac.compare_digest(locator_hash(locator_key, code, mode), stored):
                return code
    return ""


def read_code(entered: str, lengths: tuple[int, ...]) -> str:
    """The digits of an entry, "" when it cannot be a code. Spaces and hyphens are forgiven.

    Full-width digits are digits; the check digit must fit. `lengths` are numbers of random digits.
    """
    if len(entered) > 32:
        return ""
    kept = "".join(char for char in entered if char not in " \u3000-‐‑–ー－")
    if not kept.isdecimal() or len(kept) - CHECK_DIGITS not in lengths:
        return ""
    digits = "".join(str(int(char)) for char in kept)
    return digits if damm(digits) == "0" else ""


def read_link(entered: str) -> str:
    """A link token as it stands in the link, "" when it cannot be one."""
    return entered if _TOKEN.fullmatch(entered) else ""


def locator_hash(key: bytes, locator: str, mode: Mode = Mode.SPOKEN_CODE) -> bytes:
    """What is stored: HMAC-SHA-256 under the deployment's locator key, 32 bytes.

    The kind is part of it: a code that was spoken is no ticket.
    """
    return hmac.digest(key, mode.value.encode() + b"\x00" + locator.encode(), hashlib.sha256)


def _derived(key: bytes, words: tuple[bytes, ...]) -> bytes:
    text = b"".join(len(word).to_bytes(2, "big") + word for word in words)
    return hmac.digest(key, text, "sha256")[:16]
