"""Is this process able to verify callers? The reasons why not, as stable codes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ivr.flow_library.service import FlowLibrary
from kazasu.settings import Settings
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.stores import Stores
from stores.sql.migrations import migrate


def checks(
    library: FlowLibrary, stores: Stores, identity: IdentitySide, stopping: asyncio.Event
) -> Callable[[], Awaitable[Sequence[str]]]:
    """The reasons, in the order in which to look at them."""

    async def problems() -> Sequence[str]:
        found = ["stopping"] if stopping.is_set() else []
        try:
            await stores.database.now()
        except Exception:  # whatever it is, the probe's answer is "not ready"
            return [*found, "database_unreachable"]
        await library.refresh()
        if library.live.site is None:
            found.append("no_readable_flow")
        lists = await identity.revocation.health(identity.deployment.now())
        return [*found, *(f"no_fresh_revocation_list_{of.value}" for of in lists.lacking())]

    return problems


def not_migrated(settings: Settings) -> str:
    """Why the database is not the one this program was built for, and what to do; "" if it is."""
    current, head = migrate.current(settings.database()), migrate.head(settings.database())
    if current == head:
        return ""
    has = f"is at {current}" if current else "has no tables yet"
    return f"DATABASE_URL: the database {has}, this version needs {head}. Run: kazasu migrate"
