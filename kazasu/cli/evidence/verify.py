"""`kazasu evidence verify`: the whole archive, with nothing but public keys."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from identity.evidence_archive.checking.cards import DOES_NOT_OPEN, check_cards
from identity.evidence_archive.checking.model import Place, Report
from identity.evidence_archive.checking.service import ArchiveCheck
from identity.tenants.model import Tenant
from kazasu.cli.evidence.broken_off import Saved
from kazasu.cli.evidence.findings import said_of
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keeping, keys
from kazasu.wiring.stores import Stores

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
        path = settings.data_dir / "evidence-verify.json"
        saved = Saved(path, settings.master_key(), tenant.id, at)
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
        if begin is not None:
            print(f"rows 1 to {begin.head.seq} were looked at by the check that was broken off")
        status = _told(report, stamped=bool(archive.pinned.roots))
        return status or (await _cards(settings, tenant, kept, as_of) if cards else 0)

    return with_stores(work)


async def _cards(settings: Settings, tenant: Tenant, kept: Stores, as_of: datetime) -> int:
    wrapping, anchors = keys.wrapping_of(settings), identity_side.anchors_of(settings)
    rows = kept.evidence.all(tenant.id)
    report = await check_cards(rows, tenant, wrapping, anchors, as_of)
    if report.bad is not None:
        seq, row, code = report.bad
        if code == DOES_NOT_OPEN:
            say(f"row {seq} ({row}): its contents do not open with this deployment's keys")
        else:
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
