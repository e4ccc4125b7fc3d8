"""`kazasu keys reseal`."""

from sqlalchemy import Table

from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import sealing
from kazasu.wiring.stores import Stores
from stores.sql.resealing import SEALED, Resealing


def reseal() -> int:
    """1 when some rows open with none of the known keys: they are left as they are.

    It may run while the service does, and be broken off and begun again at any time.
    """

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        sealer = sealing.keys_of(settings).documents(tenant)
        task, unreadable = Resealing(kept.database, sealer), 0
        for table in SEALED:
            unreadable += await _table(task, table)
        if unreadable:
            say(f"{unreadable} rows open with none of the keys that are set: they were left alone")
            return 1
        print("all private columns are sealed under the present key")
        return 0

    return with_stores(work)


async def _table(task: Resealing, table: Table) -> int:
    """How many of its rows no key opens."""
    left, done, unreadable = await task.left(table), 0, 0
    if not left:
        return 0
    after: tuple[str, str] | None = None
    while True:
        turn = await task.turn(table, after)
        done, unreadable = done + turn.done, unreadable + turn.unreadable
        print(f"{table.name}: {done} of {left}", flush=True)
        if turn.after is None:
            return unreadable
        after = turn.after
