"""`kazasu evidence verify`: the whole archive, with nothing but public keys."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from identity.evidence_archive.checking.cards import check_cards
from identity.evidence_archive.checking.model import Place, Report
from identity.evidence_archive.checking.service import ArchiveCheck
from identity.evidence_archive.model import ChainHead
from identity.tenants.model import Tenant
from kazasu.cli.evidence.findings import said_of
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.whole_files import replace_file
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keeping, keys
from kazasu.wiring.stores import Stores

_SAVED_EVERY: Final = 10_000
_JAPAN: Final = timezone(timedelta(hours=9))


def verify(*, at: str, resume: bool, cards: bool) -> int:
    """1 when the archive does not hold: names the first row. 2 for a time that cannot be read, 3
    when database or second place cannot be reached."""
    try:
        as_of = _moment(at) if at else datetime.now(UTC)
    except ValueError:
        say(f"{at}: is no time such as 2027-03-31 or 2027-03-31T18:00+09:00")
        return 2

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        saved = _Saved(settings.data_dir / "evidence-verify.json", tenant.id, at)
        begin = saved.read() if resume else None
        if resume and begin is None:
            say("nothing to go on with: all is checked from the first row on")
        archive = keeping.archive(settings, kept.database)
        total = await keeping.length(kept.database, tenant.id)
        try:
            with _bar(total) as shown:

                def told(place: Place) -> None:
                    shown(place)
                    saved.write(place)

                check = ArchiveCheck(archive, told)
                report = await check.run(tenant.id, as_of, begin=begin, all_of_it=not at)
        except OSError:
            say("KAZASU_EVIDENCE_COPIES_DIR: the second place cannot be reached")
            return 3
        saved.forget()
        status = _told(report, stamped=bool(archive.pinned.roots))
        return status or (await _cards(settings, tenant, kept, as_of) if cards else 0)

    return with_stores(work)


async def _cards(settings: Settings, tenant: Tenant, kept: Stores, as_of: datetime) -> int:
    wrapping, anchors = keys.wrapping_of(settings), identity_side.anchors_of(settings)
    rows = kept.evidence.all(tenant.id)
    report = await check_cards(rows, tenant, wrapping, anchors, as_of)
    if report.bad is not None:
        seq, row, code = report.bad
        say(f"row {seq} ({row}): the card's proof is not good as of its own time ({code})")
        return 1
    print(f"{report.good} taps of cards are good as of their own time; {report.erased} are erased")
    return 0


def _told(report: Report, *, stamped: bool) -> int:
    place, finding = report.place, report.finding
    if finding is not None:
        say(said_of(finding))
        return 1
    print(f"{place.head.seq} rows, each fits behind the one before; head {place.head.hash.hex()}")
    if place.checkpoint:
        assert place.stamped_at is not None
        print(
            f"{place.checkpoint} checkpoints, time-stamped up to row {place.stamped_to}, the last"
            f" {place.stamped_at.isoformat()}; {place.copies} of them as in the second place"
        )
        print(f"the longest that a row waited for its time-stamp: {place.longest_wait:.0f} s")
    _warn(report, stamped=stamped)
    return 0


def _warn(report: Report, *, stamped: bool) -> None:
    place = report.place
    waiting = place.head.seq - place.stamped_to
    if not stamped:
        say("warning: no time-stamp authority is set, so whoever may write the rows may write all")
    elif waiting:
        say(f"warning: {waiting} rows wait for their time-stamp and could still be changed")
    if stamped and not report.second_place:
        say("warning: there is no second place, so nobody knows of checkpoints that were removed")
    if place.unrenewed:
        say(
            f"warning: time-stamps up to checkpoint {place.unrenewed} had expired before the next"
            " was made; each was good at its own time"
        )
    if report.expired:
        assert place.expires is not None
        say(
            f"warning: the last time-stamp expired {place.expires.isoformat()} and was not renewed;"
            " it was good at its own time"
        )


def _moment(text: str) -> datetime:
    """A day counts to its end in Japan, where no zone is named."""
    if len(text) == len("2027-03-31"):
        return datetime.combine(date.fromisoformat(text), time.max, _JAPAN)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=_JAPAN)


class _bar:  # noqa: N801  # used as a function is
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, total: int) -> None:
        columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        shown = sys.stderr.isatty()
        self._progress = Progress(*columns, console=Console(stderr=True), disable=not shown)
        self._task = self._progress.add_task("rows", total=total)

    def __enter__(self) -> Callable[[Place], None]:
        self._progress.start()
        return lambda place: self._progress.update(self._task, completed=place.head.seq)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


class _Saved:
    """How far a check has come, on disk: for one that is broken off."""

    def __init__(self, path: Path, tenant: str, at: str) -> None:
        self._path = path
        self._of = {"v": 1, "tenant": tenant, "at": at}
        self._written = 0

    def read(self) -> Place | None:
        try:
            said: Any = json.loads(self._path.read_text(encoding="ascii"))
            if {name: said[name] for name in self._of} != self._of:
                return None
            return _place(said["place"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, place: Place) -> None:
        if place.head.seq - self._written < _SAVED_EVERY:
            return
        self._written = place.head.seq
        replace_file(self._path, json.dumps(self._of | {"place": _said(place)}).encode("ascii"))

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _said(place: Place) -> dict[str, Any]:
    return {
        "seq": place.head.seq,
        "hash": place.head.hash.hex(),
        "checkpoint": place.checkpoint,
        "stamped_to": place.stamped_to,
        "digest": place.digest.hex(),
        "since": [one.hex() for one in place.since],
        "stamped_at": place.stamped_at.isoformat() if place.stamped_at else None,
        "expires": place.expires.isoformat() if place.expires else None,
        "unrenewed": place.unrenewed,
        "copies": place.copies,
        "longest_wait": place.longest_wait,
    }


def _place(said: dict[str, Any]) -> Place:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(said[name]) if said[name] else None

    return Place(
        head=ChainHead(seq=int(said["seq"]), hash=bytes.fromhex(said["hash"])),
        checkpoint=int(said["checkpoint"]),
        stamped_to=int(said["stamped_to"]),
        digest=bytes.fromhex(said["digest"]),
        since=tuple(bytes.fromhex(one) for one in said["since"]),
        stamped_at=moment("stamped_at"),
        expires=moment("expires"),
        unrenewed=int(said["unrenewed"]),
        copies=int(said["copies"]),
        longest_wait=float(said["longest_wait"]),
    )
