"""What the holder types: checked before the card sees it, shown by nothing."""

import re
from typing import Literal, TypeAlias

CardKey: TypeAlias = Literal["auth", "sign"]
"""`auth`: authentication key, 4-digit PIN. `sign`: signature key, 6-16 of A-Z and 0-9."""

_SHAPES: dict[CardKey, re.Pattern[str]] = {
    "auth": re.compile(r"[0-9]{4}"),
    "sign": re.compile(r"[A-Z0-9]{6,16}"),
}


class CardSecret:
    """A well-formed PIN or password for the length of one tap. Never printed, copied or pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The bytes for VERIFY, and for nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "CardSecret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a card secret is not written down")


def well_formed(key: CardKey, typed: str) -> CardSecret | None:
    """The entry as the card compares it, or None when it would only cost a try.

    The signature password is upper-cased: the card compares bytes. Nothing else is repaired;
    full-width digits or spaces are told to the holder, not guessed.
    """
    value = typed.upper() if key == "sign" and typed.isascii() else typed
    if not _SHAPES[key].fullmatch(value):
        return None
    return CardSecret(value.encode("ascii"))
