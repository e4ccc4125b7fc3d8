"""Is this process able to verify callers? The reasons why not, as stable codes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from identity.jpki.anchors import Purpose
from ivr.flow_library.service import FlowLibrary
from kazasu.settings.model import Settings
from kazasu.wiring.archive import keys_watch
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.processes.sharing import NOT_ALONE, REDIS_APART, REDIS_AWAY
from kazasu.wiring.stores import Stores
from stores.sql.migrations import version

STOPPING: Final = "stopping"
UNREACHABLE: Final = "database_unreachable"
OTHER_SCHEMA: Final = "database_of_another_version"
CLOCK_APART: Final = "clock_apart"
NO_FLOW: Final = "no_readable_flow"
_NO_LIST: Final = "no_fresh_revocation_list_{}"
REASONS: Final = (
    STOPPING,
    UNREACHABLE,
    OTHER_SCHEMA,
    CLOCK_APART,
    NO_FLOW,
    *(_NO_LIST.format(purpose.value) for purpose in Purpose),
    NOT_ALONE,
    REDIS_AWAY,
    REDIS_APART,
    keys_watch.UNREADABLE,
    keys_watch.MISSING,
)
"""All there are, in the order in which to look at them (docs/operations.md explains each)."""


def checks(
    library: FlowLibrary,
    stores: Stores,
    identity: IdentitySide,
    stopping: asyncio.Event,
    others: Callable[[], Sequence[str]] = tuple,
) -> Callable[[], Awaitable[Sequence[str]]]:
    """Those of now, in the order of `REASONS`. `others`: those that are about other processes."""
    needed = version.needed()

    async def problems() -> Sequence[str]:
        found = [STOPPING] if stopping.is_set() else []
        try:
            async with stores.database.read() as connection:
                schema = await version.current_of(connection)
            apart = not await identity.clock.right()
        except Exception:  # whatever it is, the probe's answer is "not ready"
            return [*found, UNREACHABLE, *others()]
        if (schema or "") < needed:
            found.append(OTHER_SCHEMA)
        if apart:
            found.append(CLOCK_APART)
        await library.refresh()
        if library.in_force.site is None or not library.in_force.flows:
            found.append(NO_FLOW)
        lists = await identity.revocation.health(identity.deployment.now())
        lacking = (_NO_LIST.format(of.value) for of in lists.lacking())
        return [*found, *lacking, *others(), *identity.evidence_keys.problems()]

    return problems


def not_migrated(settings: Settings) -> str:
    """Why the database is not the one this program was built for, and what to do; "" if it is."""
    current, needed = version.current(settings.database()), version.needed()
    if current == needed:
        return ""
    has = f"is at {current}" if current else "has no tables yet"
    return f"DATABASE_URL: the database {has}, this version needs {needed}. Run: kazasu migrate"
