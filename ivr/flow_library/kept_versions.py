"""Versions read from the store, the lately used ones kept in memory."""

from collections import OrderedDict
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_library.bundles import from_json, read_bundle
from ivr.flow_library.model import NoFlow
from ivr.flow_library.ports import FlowVersions

_REMEMBERED: Final = 32  # versions kept in memory; older ones are read again from the store


class KeptVersions:
    def __init__(self, tenant: str, store: FlowVersions) -> None:
        self._tenant = tenant
        self._store = store
        self._known: OrderedDict[str, Flow] = OrderedDict()

    async def flow(self, version: str) -> Flow:
        """Raises NoFlow when the store does not have it either, or no longer readable."""
        if version not in self._known:
            found = read(await self._store.load(self._tenant, version))
            if found is None or found.version != version:
                raise NoFlow("this version is not kept or no longer readable")
            self.remember(found)
        self._known.move_to_end(version)
        return self._known[version]

    def remember(self, flow: Flow) -> None:
        self._known[flow.version] = flow
        self._known.move_to_end(flow.version)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def forget(self) -> None:
        """As after a restart: everything comes from the store again."""
        self._known.clear()


def read(text: str | None) -> Flow | None:
    bundle = from_json(text) if text is not None else None
    return read_bundle(bundle) if bundle else None
