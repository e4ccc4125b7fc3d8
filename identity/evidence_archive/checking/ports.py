"""What a check reads: the archive as it lies there, in the order of the chain."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from identity.evidence_archive.model import EvidenceRow
from identity.tenants.model import TenantId


class Walking(Protocol):
    def pages(self, tenant: TenantId, after: int) -> AsyncIterator[Sequence[EvidenceRow]]:
        """Rows behind a place, without their wrapped keys. ValueError for a row that no row of
        ours can be."""
        ...

    async def last_seq(self, tenant: TenantId) -> int: ...
