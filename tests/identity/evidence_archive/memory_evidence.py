"""The archive's rows in memory, chained as in the real store."""

from collections.abc import AsyncIterator, Sequence

from identity.evidence_archive import chain
from identity.evidence_archive.model import ChainHead, EvidenceRow, SealedRecord
from identity.tenants.model import TenantId


class MemoryEvidence:
    """Rows of all tenants; appended under no lock because nothing else runs meanwhile."""

    def __init__(self) -> None:
        self.rows: list[EvidenceRow] = []

    def add(self, record: SealedRecord) -> EvidenceRow:
        of_tenant = [row for row in self.rows if row.record.tenant == record.tenant]
        last = of_tenant[-1] if of_tenant else None
        head = ChainHead(seq=last.seq, hash=last.hash) if last else ChainHead()
        row = chain.link(head, record)
        self.rows.append(row)
        return row

    async def append(self, record: SealedRecord) -> EvidenceRow:
        return self.add(record)

    async def by_id(self, tenant: TenantId, evidence_id: str) -> EvidenceRow | None:
        found = [r for r in self.rows if (r.record.tenant, r.record.id) == (tenant, evidence_id)]
        return found[0] if found else None

    async def of_pairing(self, tenant: TenantId, pairing_id: str) -> Sequence[EvidenceRow]:
        return [
            row
            for row in self.rows
            if row.record.tenant == tenant and row.record.header.get("pairing") == pairing_id
        ]

    async def all(self, tenant: TenantId) -> AsyncIterator[EvidenceRow]:
        for row in self.rows:
            if row.record.tenant == tenant:
                yield row
