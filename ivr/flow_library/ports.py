"""Where the sources of read flows are kept. The tenant is opaque text and comes first."""

from typing import Protocol


class FlowVersions(Protocol):
    """Immutable source bundles by version. A version is kept while a call or evidence names it."""

    async def save(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        """Idempotent: saving a version again only makes it the newest of its flow."""
        ...

    async def load(self, tenant: str, version: str) -> str | None: ...

    async def newest(self, tenant: str, flow_id: str) -> str | None:
        """The bundle saved last for this flow id."""
        ...
