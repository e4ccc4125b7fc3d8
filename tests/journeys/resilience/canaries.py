"""Look for a secret in whatever form it may have been written down."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import quote_from_bytes

_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "cp932")
_SHORTEST: Final = 6  # below this a hit says nothing: four digits occur everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """`name` for the message of a failed test; the value stays out of it."""

    name: str
    value: str | bytes

    @cache  # noqa: B019  # as many as there are secrets, and each is looked for in every row
    def forms(self) -> frozenset[bytes]:
        """In the clear, full-width, escaped, and as hex, base64 or percent codes of the bytes."""
        found: set[bytes] = set()
        for raw in self._bytes():
            found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
            found |= {quote_from_bytes(raw).encode(), quote_from_bytes(raw).lower().encode()}
            found |= set(_base64(raw))
        if isinstance(self.value, str):
            found.add(json.dumps(self.value)[1:-1].encode())
        return frozenset(form for form in found if len(form) >= _SHORTEST)

    def is_in(self, text: bytes) -> bool:
        return any(form in text for form in self.forms()) or self._stands_alone_in(text)

    def _bytes(self) -> Iterator[bytes]:
        if isinstance(self.value, bytes):
            yield self.value
            return
        for written in {self.value, full_width(self.value)}:
            yield from (written.encode(encoding) for encoding in _ENCODINGS)

    def _stands_alone_in(self, text: bytes) -> bool:
        """A short number counts when it is a word of its own."""
        if isinstance(self.value, bytes) or len(self.value) >= _SHORTEST:
            return False
        word = re.escape(self.value.encode())
        edge = rb"[0-9A-Za-z.,:+/_=\\-]"
        return re.search(rb"(?<!" + edge + rb")" + word + rb"(?!" + edge + rb")", text) is not None


def found(canaries: Iterable[Canary], text: bytes) -> list[str]:
    """The names of those that are in there."""
    return [canary.name for canary in canaries if canary.is_in(text)]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _base64(raw: bytes) -> Iterator[bytes]:
    """What is the same wherever in a longer text the bytes stand, in both alphabets."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw)
        first = (before * 8 + 5) // 6
        last = (before + len(raw)) * 8 // 6
        yield coded[first:last]
        yield coded[first:last].translate(bytes.maketrans(b"+/", b"-_"))
