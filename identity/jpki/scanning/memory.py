"""What has been found out about parts that many certificates have alike, by their encoding."""

from typing import Final, TypeVar

MOST: Final = 2048
_T = TypeVar("_T")


class Memory(dict[bytes, _T]):
    """Keeps what depends on nothing but those octets; the oldest goes when there are too many."""

    __slots__ = ()

    def keep(self, part: bytes, found: _T) -> None:
        if len(self) >= MOST:
            self.pop(next(iter(self)), None)
        self[part] = found
