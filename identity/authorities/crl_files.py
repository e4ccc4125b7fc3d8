"""Revocation from a folder of CRL files (`*.crl`, DER), as one daily download leaves them.

Whatever the folder holds is what counts: a list that is missing, stale, unreadable or signed by
somebody else makes the answer `unknown`, never `good`. Lists are found by their content; file
names mean nothing. Files may be replaced at any time (by renaming): a change is seen at the next
question, and a change in place within a few seconds.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from identity.jpki import anchors as pinned
from identity.jpki.anchors import Anchor, Purpose, TrustAnchors
from identity.jpki.crl import RevocationList, read_crl
from identity.jpki.profile import whole_second
from identity.jpki.refusals import Code, Refusal
from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSubject

METHOD: Final = "crl"
MAX_AGE: Final = timedelta(hours=48)
MAX_OCTETS: Final = 512 * 1024 * 1024
# Reading a longer list holds the interpreter for too long to share a process with live calls.
_OWN_PROCESS_OCTETS: Final = 256 * 1024
_RESCAN_SECONDS: Final = 3.0
_WAIT_SECONDS: Final = 0.5
_SETTLED_NANOSECONDS: Final = 100_000_000
_NEVER: Final = -2
_WHY: Final[Mapping[Code, str]] = {
    Code.CRL_SIGNER: "wrong_signer",
    Code.CRL_DELTA: "delta_list",
    Code.CRL_INDIRECT: "indirect_list",
    Code.CRL_SOME_REASONS: "list_of_some_reasons",
    Code.CRL_SCOPE: "list_of_another_scope",
}

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """What was in the folder: each file's stamp and what it turned out to be."""

    stamps: Mapping[str, _Stamp]
    files: Mapping[str, RevocationList | Code] = field(repr=False)

    def lists_of(self, issuer_key_sha256: bytes) -> list[RevocationList]:
        return [
            found
            for found in self.files.values()
            if isinstance(found, RevocationList) and found.issuer_key_sha256 == issuer_key_sha256
        ]

    def troubles(self) -> list[Code]:
        return [found for found in self.files.values() if isinstance(found, Code)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootLists:
    """How many trusted lists of one pinned root there are, and how many can answer now."""

    purpose: Purpose
    key_sha256: bytes
    lists: int
    fresh: int
    newest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsHealth:
    """`unusable` gives the code of each file that is no trusted list, by its name."""

    roots: tuple[RootLists, ...]
    unusable: Mapping[str, Code]

    def lacking(self) -> tuple[Purpose, ...]:
        """Purposes of which no certificate at all can be told to be good."""
        able = {root.purpose for root in self.roots if root.fresh}
        return tuple(purpose for purpose in Purpose if purpose not in able)


class CrlFiles:
    """A `RevocationSource` over one folder, for both purposes and all pinned generations."""

    def __init__(
        self, folder: Path, anchors: TrustAnchors, *, max_age: timedelta = MAX_AGE
    ) -> None:
        self._folder = folder
        self._anchors = anchors
        self._max_age = max_age
        self._shelf: _Shelf | None = None
        self._edition = 0
        self._seen: tuple[int, float] = (_NEVER, 0.0)
        self._reading: asyncio.Task[None] | None = None

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        """The state of one certificate at `at`. Never raises for what the folder holds."""
        await self._refresh()
        shelf = self._shelf or _Shelf(stamps={}, files={})
        lists = shelf.lists_of(subject.certificate.issuer_key_sha256)
        covering = [found for found in lists if found.covers(subject.distribution_points)]
        if not covering:
            return _unknown(_why_none(shelf), at)
        fresh = [found for found in covering if found.stale(at, self._max_age) is None]
        if not fresh:
            latest = max(covering, key=lambda found: found.this_update)
            why = latest.stale(at, self._max_age) or "stale"
            return _unknown(why, at, latest.this_update)
        return _answer(fresh, subject.certificate.serial, at)

    async def edition(self) -> int:
        """Which state of the folder answers now: another number, as soon as another one does."""
        await self._refresh()
        return self._edition

    async def health(self, at: datetime) -> ListsHealth:
        """What the folder holds, for probes and administrators."""
        await self._refresh()
        shelf = self._shelf or _Shelf(stamps={}, files={})
        roots = [
            self._of_root(purpose, anchor, shelf, at)
            for purpose in Purpose
            for anchor in self._anchors.of(purpose)
        ]
        unusable = {n: found for n, found in shelf.files.items() if isinstance(found, Code)}
        return ListsHealth(roots=tuple(roots), unusable=unusable)

    def _of_root(self, purpose: Purpose, anchor: Anchor, shelf: _Shelf, at: datetime) -> RootLists:
        lists = shelf.lists_of(anchor.key_sha256)
        return RootLists(
            purpose=purpose,
            key_sha256=anchor.key_sha256,
            lists=len(lists),
            fresh=sum(1 for found in lists if found.stale(at, self._max_age) is None),
            newest=max((found.this_update for found in lists), default=None),
        )

    async def _refresh(self) -> None:
        """Waits for a reading that is due; a long one goes on while the last lists answer."""
        if self._reading is None or self._reading.done():
            modified = _modified(self._folder)
            now = asyncio.get_running_loop().time()
            if self._seen[0] == modified and now - self._seen[1] < _RESCAN_SECONDS:
                return
            # A folder changed this very moment may change again under the same time stamp.
            settled = time.time_ns() - modified > _SETTLED_NANOSECONDS
            self._seen = (modified if settled else _NEVER, now)
            self._reading = asyncio.create_task(self._read())
        await asyncio.wait({self._reading}, timeout=None if self._shelf is None else _WAIT_SECONDS)

    async def _read(self) -> None:
        before = self._shelf
        self._shelf = await asyncio.to_thread(_scan, self._folder, self._anchors, before)
        if before is None or before.stamps != self._shelf.stamps:
            self._edition += 1


def _answer(fresh: list[RevocationList], serial: int, at: datetime) -> RevocationState:
    """Listed anywhere is revoked: JPKI never lifts a hold."""
    for found in fresh:
        entry = found.find(serial)
        if entry is not None:
            return RevocationState(
                status=RevocationStatus.REVOKED,
                method=METHOD,
                checked_at=whole_second(at),
                source_updated_at=found.this_update,
                reason=entry.reason,
                revoked_at=entry.revoked_at,
            )
    return RevocationState(
        status=RevocationStatus.GOOD,
        method=METHOD,
        checked_at=whole_second(at),
        source_updated_at=max(found.this_update for found in fresh),
    )


def _unknown(why: str, at: datetime, updated_at: datetime | None = None) -> RevocationState:
    return RevocationState(
        status=RevocationStatus.UNKNOWN,
        method=METHOD,
        checked_at=whole_second(at),
        source_updated_at=updated_at,
        why=why,
    )


def _why_none(shelf: _Shelf) -> str:
    """Tells an administrator where to look first; `kazasu doctor` has the code of each file."""
    troubles = shelf.troubles()
    named = [why for code, why in _WHY.items() if code in troubles]
    if named:
        return named[0]
    return "unreadable" if troubles else "no_list"


def _modified(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -1


def _scan(folder: Path, anchors: TrustAnchors, before: _Shelf | None) -> _Shelf:
    """Reads what is new since `before`. Runs in a thread."""
    stamps = _stamps(folder)
    files: dict[str, RevocationList | Code] = {}
    for name, stamp in stamps.items():
        if before is not None and before.stamps.get(name) == stamp:
            files[name] = before.files[name]
        else:
            files[name] = _read_file(folder / name, anchors)
    return _Shelf(stamps=stamps, files=files)


def _stamps(folder: Path) -> dict[str, _Stamp]:
    found: dict[str, _Stamp] = {}
    try:
        for path in folder.glob("*.crl"):
            facts = path.stat()
            found[path.name] = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
    except OSError:
        return {}
    return found


def _read_file(path: Path, anchors: TrustAnchors) -> RevocationList | Code:
    try:
        if path.stat().st_size > MAX_OCTETS:
            return Code.CRL_UNSUPPORTED
        data = path.read_bytes()
    except OSError:
        return Code.CRL_MALFORMED
    if len(data) <= _OWN_PROCESS_OCTETS:
        return _codes(read_crl(data, _all(anchors)))
    roots = {
        purpose: [anchor.certificate.der for anchor in anchors.of(purpose)] for purpose in Purpose
    }
    # Started anew for each long list: they come once a day, and nothing is left to shut down.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
            return pool.submit(_read_apart, data, anchors.environment, roots).result()
    except BrokenProcessPool:
        return Code.CRL_MALFORMED


def _read_apart(
    data: bytes, environment: pinned.Environment, roots: Mapping[Purpose, Iterable[bytes]]
) -> RevocationList | Code:
    """In the other process: parsed certificates do not travel, so the roots are pinned again."""
    loaded = pinned.load(environment, auth=roots[Purpose.AUTH], sign=roots[Purpose.SIGN])
    return _codes(read_crl(data, _all(loaded)))


def _all(anchors: TrustAnchors) -> list[Anchor]:
    return [anchor for purpose in Purpose for anchor in anchors.of(purpose)]


def _codes(found: RevocationList | Refusal) -> RevocationList | Code:
    return found.code if isinstance(found, Refusal) else found
