"""Which certificates are of one person, from a folder of files (`*.csv`) that a feed leaves.

    as_of,2026-11-22T08:00:00Z
    issuer,serial,other_issuer,other_serial

and lines in hex: SHA-256 of the issuers' public keys, and serials. Two certificates of a card, a
card's and a phone's, an old and a renewed one: whoever is tied to somebody who is tied to a third
is one person with both.

Whatever the folder holds is what counts. How old the data are is what the files say themselves
(`as_of`, the latest of them): a copy, a restored backup or a touched file does not look fresh. A
folder that is missing or empty, a line that is none, data that are older than `max_age` or of a
time to come mean that nobody can tell: never "a new person".
"""

import asyncio
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

_AHEAD: Final = timedelta(minutes=10)  # clocks of two houses

_Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """`trouble` is "" or one of `no_folder`, `no_file`, `unreadable` (`file`, and `line` from 1,
    where it is one line's fault), `ahead`, `stale`."""

    files: int = 0
    as_of: datetime | None = None
    trouble: str = ""
    file: str = ""
    line: int = 0


class _Unusable(LinkageUnavailable):
    def __init__(self, trouble: str, file: str = "", line: int = 0) -> None:
        super().__init__(trouble)
        self.health = FeedHealth(trouble=trouble, file=file, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    stamps: _Stamps
    as_of: datetime
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
        if trouble := self._age(read.as_of):
            raise LinkageUnavailable(trouble)
        return _reached(read.tied, key)

    async def health(self) -> FeedHealth:
        """What stands against the data, for whoever keeps them."""
        try:
            read = await asyncio.to_thread(self._look)
        except _Unusable as bad:
            return bad.health
        return FeedHealth(files=len(read.stamps), as_of=read.as_of, trouble=self._age(read.as_of))

    def _age(self, as_of: datetime) -> str:
        age = self._now() - as_of
        return "stale" if age > self._max_age else "ahead" if age < -_AHEAD else ""

    def _look(self) -> _Read:
        try:
            if not self._folder.is_dir():
                raise _Unusable("no_folder")
            paths = sorted(self._folder.glob("*.csv"))
            stats = [(path, path.stat()) for path in paths]
            stamps = tuple((p.name, s.st_mtime_ns, s.st_size) for p, s in stats)
            if not stamps:
                raise _Unusable("no_file")
            if self._read is None or self._read.stamps != stamps:
                self._read = _read(paths, stamps)
        except OSError as failure:
            raise _Unusable("unreadable", Path(str(failure.filename or "")).name) from failure
        return self._read


def _read(paths: Sequence[Path], stamps: _Stamps) -> _Read:
    tied: dict[LinkageKey, list[LinkageKey]] = {}
    times = []
    for path in paths:
        with path.open(encoding="ascii", newline="") as file:
            rows = _Rows(path.name, file)
            times.append(rows.as_of())
            for one, other in rows.pairs():
                tied.setdefault(one, []).append(other)
                tied.setdefault(other, []).append(one)
    return _Read(stamps=stamps, as_of=max(times), tied=tied)


class _Rows:
    """A line that cannot be read makes the whole feed unusable: it may be the one that matters."""

    def __init__(self, name: str, lines: Iterable[str]) -> None:
        self._name = name
        self._line = 1
        self._rows = self._of(lines)

    def as_of(self) -> datetime:
        row = next(self._rows, [])
        try:
            named, written = row
            at = datetime.fromisoformat(written)
        except ValueError:
            raise self._unusable() from None
        if named != "as_of" or at.tzinfo is None:
            raise self._unusable()
        return at

    def pairs(self) -> Iterator[tuple[LinkageKey, LinkageKey]]:
        if next(self._rows, []) != _HEADER:
            raise self._unusable()
        for row in self._rows:
            if len(row) != len(_HEADER):
                raise self._unusable()
            yield self._key(*row[:2]), self._key(*row[2:])

    def _of(self, lines: Iterable[str]) -> Iterator[list[str]]:
        try:
            for row in (rows := csv.reader(lines, strict=True)):
                self._line = rows.line_num
                yield row
                self._line = rows.line_num + 1
        except (UnicodeDecodeError, csv.Error) as odd:
            raise self._unusable() from odd

    def _key(self, issuer: str, serial: str) -> LinkageKey:
        if not _ISSUER.fullmatch(issuer) or not _SERIAL.fullmatch(serial):
            raise self._unusable()
        return LinkageKey(issuer_key_sha256=bytes.fromhex(issuer), serial=int(serial, 16))

    def _unusable(self) -> _Unusable:
        return _Unusable("unreadable", self._name, self._line)


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
