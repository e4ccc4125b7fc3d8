"""An in-memory adapter of the port `FlowVersions` that can be made to fail."""

from collections.abc import Sequence


class StoreDown(Exception):
    pass


class MemoryFlowVersions:
    def __init__(self) -> None:
        self.bundles: dict[tuple[str, str], str] = {}
        self.last: dict[tuple[str, str], str] = {}
        self.down = False

    async def save(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        if self.down:
            raise StoreDown
        self.bundles[tenant, version] = bundle_json
        self.last[tenant, flow_id] = version

    async def keep(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        if self.down:
            raise StoreDown
        self.bundles.setdefault((tenant, version), bundle_json)

    async def load(self, tenant: str, version: str) -> str | None:
        return self.bundles.get((tenant, version))

    async def newest(self, tenant: str, flow_id: str) -> str | None:
        version = self.last.get((tenant, flow_id))
        return self.bundles.get((tenant, version)) if version else None

    async def like(self, tenant: str, beginning: str) -> Sequence[str]:
        mine = [version for of, version in self.bundles if of == tenant]
        return [version for version in mine if version.startswith(beginning)][:2]
