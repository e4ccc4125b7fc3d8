"""Is this process able to verify callers? The reasons why not, as stable codes."""

from collections.abc import Awaitable, Callable, Sequence

from ivr.flow_library.service import FlowLibrary
from kazasu.settings import Settings
from kazasu.wiring.stores import Stores
from stores.sql.migrations import migrate


def checks(
    settings: Settings, library: FlowLibrary, stores: Stores
) -> Callable[[], Awaitable[Sequence[str]]]:
    async def problems() -> Sequence[str]:
        found = []
        try:
            await stores.database.now()
        except Exception:  # whatever it is, the probe's answer is "not ready"
            return ["database_unreachable"]
        await library.refresh()
        if library.live.site is None:
            found.append("no_readable_flow")
        if not any(settings.crl_dir.glob("*.crl")):
            found.append("no_revocation_lists")
        return found

    return problems


def migrated(settings: Settings) -> bool:
    """The database has the schema this program was built for."""
    return migrate.current(settings.database()) == migrate.head(settings.database())
