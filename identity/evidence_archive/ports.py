"""The archive as a store: append and read, nothing else."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from identity.evidence_archive.model import EvidenceRow, SealedRecord
from identity.tenants.model import TenantId


class EvidenceRows(Protocol):
    async def append(self, record: SealedRecord) -> EvidenceRow:
        """Chain one record (`chain.link`) under the lock of the tenant's head."""
        ...

    async def by_id(self, tenant: TenantId, evidence_id: str) -> EvidenceRow | None: ...

    async def of_pairing(self, tenant: TenantId, pairing_id: str) -> Sequence[EvidenceRow]: ...

    def all(self, tenant: TenantId) -> AsyncIterator[EvidenceRow]:
        """In the order of the chain, for checking it."""
        ...
