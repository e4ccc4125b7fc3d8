"""`kazasu evidence checkpoints`: which rows were time-stamped, when, by whom, and until when that
can be checked."""

from collections.abc import Sequence
from typing import Final

from identity.evidence_archive.checkpoints.model import BadCheckpoint, StampedCheckpoint
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring.archive import keeping
from kazasu.wiring.stores import Stores
from stores.sql.archive.checkpoints import SqlCheckpoints

_AT_ONCE: Final = 200


def checkpoints(*, last: int) -> int:
    """The last so many, the oldest first. 1 when one of them cannot be read."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        pinned, there = keeping.pinned(settings), SqlCheckpoints(kept.database)
        try:
            newest = await there.last(tenant.id)
            many = newest.checkpoint.number if newest else 0
            number = max(1, many - last + 1)
            while some := await there.numbers_from(tenant.id, number, at_most=_AT_ONCE):
                for one in some:
                    print(_line(one, pinned))
                number = some[-1].checkpoint.number + 1
        except BadCheckpoint:
            say("a checkpoint was changed: kazasu evidence verify")
            return 1
        waiting = await there.waiting(tenant.id)
        print(f"{many} checkpoints; {waiting.rows} rows wait for the next")
        return 0

    return with_stores(work)


def _line(one: StampedCheckpoint, pinned: PinnedAuthorities) -> str:
    told = one.checkpoint
    rows = f"rows {told.first}-{told.last}" if told.last >= told.first else "no rows (renewal)"
    return f"{told.number:>6}  {rows}  {'; '.join(_stamps(one, pinned))}"


def _stamps(one: StampedCheckpoint, pinned: PinnedAuthorities) -> Sequence[str]:
    found = []
    for response in one.responses:
        try:
            stamp = check(response, one.checkpoint.canonical(), pinned)
        except BadStamp as bad:
            found.append(f"not good ({bad.code})")
        else:
            found.append(f"{stamp.at.isoformat()} {stamp.authority} until {stamp.expires:%Y-%m-%d}")
    return found
