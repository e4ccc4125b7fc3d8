"""Which certificates are of one person, from a folder of files (`*.csv`) that a feed leaves.

A line `issuer,serial,other_issuer,other_serial`, in hex: SHA-256 of the issuers' public keys, and
serials. Two certificates of a card, a card's and a phone's, an old and a renewed one: whoever is
tied to somebody who is tied to a third is one person with both.

Whatever the folder holds is what counts. A folder that is missing or empty, a line that is none or
files that are all older than `max_age` mean that nobody can tell: never "a new person".
"""

import asyncio
import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from identity.contract_holders.ports import LinkageUnavailable
from identity.verification.model import LinkageKey

_HEADER: Final = ["issuer", "serial", "other_issuer", "other_serial"]
_ISSUER: Final = re.compile(r"[0-9a-f]{64}")
_SERIAL: Final = re.compile(r"[0-9a-f]{1,40}")
MAX_AGE: Final = timedelta(hours=72)

_Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    stamps: _Stamps
    newest: float
    tied: Mapping[LinkageKey, Sequence[LinkageKey]] = field(repr=False)


class LinkageFiles:
    """`now` is UTC. Files may be replaced at any time, by renaming: the next question sees it."""

    def __init__(
        self, folder: Path, now: Callable[[], datetime], *, max_age: timedelta = MAX_AGE
    ) -> None:
        self._folder = folder
        self._now = now
        self._max_age = max_age
        self._read: _Read | None = None

    async def related(self, key: LinkageKey) -> Sequence[LinkageKey]:
        """The person's other certificates. `LinkageUnavailable`."""
        read = await asyncio.to_thread(self._look)
        if self._now().timestamp() - read.newest > self._max_age.total_seconds():
            raise LinkageUnavailable("stale")
        return _reached(read.tied, key)

    def _look(self) -> _Read:
        try:
            paths = sorted(self._folder.glob("*.csv"))
            stats = [(path, path.stat()) for path in paths]
            stamps = tuple((p.name, s.st_mtime_ns, s.st_size) for p, s in stats)
            if not stamps:
                raise LinkageUnavailable("no_file")
            if self._read is None or self._read.stamps != stamps:
                newest = max(stat.st_mtime for _, stat in stats)
                self._read = _Read(stamps=stamps, newest=newest, tied=_tied(paths))
        except OSError as failure:
            raise LinkageUnavailable("unreadable") from failure
        return self._read


def _tied(paths: Sequence[Path]) -> dict[LinkageKey, list[LinkageKey]]:
    tied: dict[LinkageKey, list[LinkageKey]] = {}
    for path in paths:
        for one, other in _pairs(path):
            tied.setdefault(one, []).append(other)
            tied.setdefault(other, []).append(one)
    return tied


def _pairs(path: Path) -> Iterator[tuple[LinkageKey, LinkageKey]]:
    """A line that cannot be read makes the whole feed unusable: it may be the one that matters."""
    try:
        with path.open(encoding="ascii", newline="") as file:
            rows = csv.reader(file, strict=True)
            if next(rows, None) != _HEADER:
                raise LinkageUnavailable("unreadable")
            for row in rows:
                if len(row) != len(_HEADER):
                    raise LinkageUnavailable("unreadable")
                yield _key(*row[:2]), _key(*row[2:])
    except (UnicodeDecodeError, csv.Error) as odd:
        raise LinkageUnavailable("unreadable") from odd


def _key(issuer: str, serial: str) -> LinkageKey:
    if not _ISSUER.fullmatch(issuer) or not _SERIAL.fullmatch(serial):
        raise LinkageUnavailable("unreadable")
    return LinkageKey(issuer_key_sha256=bytes.fromhex(issuer), serial=int(serial, 16))


def _reached(
    tied: Mapping[LinkageKey, Sequence[LinkageKey]], key: LinkageKey
) -> tuple[LinkageKey, ...]:
    found, ahead = {key}, [key]
    while ahead:
        for other in tied.get(ahead.pop(), ()):
            if other not in found:
                found.add(other)
                ahead.append(other)
    return tuple(other for other in found if other != key)
