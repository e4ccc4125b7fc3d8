"""Which version a call gets, and for running calls the one they began with.

Either the files are in force (development: a saved file is live for the next call) or what was
published (production). What is in force is looked at when a call arrives, cheaply.
"""

from collections.abc import Callable
from typing import Protocol

from ivr.flow_engine.definition import Flow
from ivr.flow_library.files_in_force import FilesInForce
from ivr.flow_library.kept_versions import KeptVersions
from ivr.flow_library.model import CANARY, LIVE, FlowFiles, InForce, NoFlow
from ivr.flow_library.ports import FlowAliases, FlowVersions
from ivr.flow_library.published import PublishedInForce
from ivr.flow_linter.carrier_limits import ANY_CARRIER, CarrierLimits


class Source(Protocol):
    """What new calls get. `in_force` is of the last refresh, empty before the first."""

    in_force: InForce

    async def refresh(self) -> InForce:
        """Errors of the store are raised before anything changed: the next call tries again."""
        ...

    async def flow(self, flow_id: str, call: str, alias: str) -> Flow | None:
        """As of the last refresh. `alias` is what the dialled number leads to, live or canary."""
        ...


class FlowLibrary:
    """One tenant's flows. `files` reads the folder, `changed` gives a cheap mark of its state.

    Without `aliases` the files are in force, with them what these name; of the files then only
    the site counts. `carrier` is whose limits a saved file must keep.
    """

    def __init__(
        self,
        *,
        tenant: str,
        versions: FlowVersions,
        files: Callable[[], FlowFiles],
        changed: Callable[[], object],
        aliases: FlowAliases | None = None,
        carrier: CarrierLimits = ANY_CARRIER,
    ) -> None:
        self._kept = KeptVersions(tenant, versions)
        self._source: Source
        if aliases is None:
            self._source = FilesInForce(tenant, versions, self._kept, files, changed, carrier)
        else:
            self._source = PublishedInForce(tenant, aliases, self._kept, files, changed)

    @property
    def in_force(self) -> InForce:
        """As of the last refresh; empty before the first."""
        return self._source.in_force

    async def flow_for(self, dialled: str, call: str) -> Flow:
        """The flow of a new call to this number (E.164). `call` is its id. Raises NoFlow."""
        now = await self._source.refresh()
        flow_id = now.site.numbers.get(dialled, "") if now.site else ""
        tried = now.site is not None and dialled in now.site.canary_numbers
        flow = await self._source.flow(flow_id, call, CANARY if tried else LIVE)
        if flow is None:
            raise NoFlow("no readable flow for this number")
        return flow

    async def flow(self, version: str) -> Flow:
        """The flow of a running call. Raises NoFlow when the store does not have it either."""
        return await self._kept.flow(version)

    async def refresh(self) -> InForce:
        return await self._source.refresh()

    def forget(self) -> None:
        """Versions that were read come from the store again, as after a restart."""
        self._kept.forget()
