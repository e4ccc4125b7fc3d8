"""What stands beside pairings, in memory: late proofs, held cards, lines to warn of."""

from collections.abc import Callable
from datetime import datetime

from identity.evidence_archive.model import SealedRecord
from identity.pairing.model import PairingId, PersonId
from identity.tenants.model import TenantId
from tests.identity.evidence_archive.memory_evidence import MemoryEvidence


class MemoryLateProofs:
    def __init__(self, evidence: MemoryEvidence) -> None:
        self._evidence = evidence
        self.counted: dict[PairingId, int] = {}

    async def keep(
        self, tenant: TenantId, pairing: PairingId, record: SealedRecord, *, at_most: int
    ) -> bool:
        self.counted[pairing] = self.counted.get(pairing, 0) + 1
        if self.counted[pairing] > at_most:
            return False
        self._evidence.add(record)
        return True


class MemoryCardHolds:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: dict[tuple[TenantId, PersonId], datetime] = {}
        self.records: list[SealedRecord] = []

    async def hold(self, tenant: TenantId, person: PersonId, *, until: datetime) -> None:
        self._until[tenant, person] = until

    async def held(self, tenant: TenantId, *persons: PersonId) -> PersonId | None:
        untils = {person: self._until.get((tenant, person)) for person in persons}
        still = (p for p, until in untils.items() if until is not None and until > self._clock())
        return next(still, None)

    async def lift(self, tenant: TenantId, person: PersonId, *, record: SealedRecord) -> bool:
        if not await self.held(tenant, person):
            return False
        del self._until[tenant, person]
        self.records.append(record)
        return True


class MemoryLineWarnings:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: dict[tuple[TenantId, bytes], datetime] = {}

    async def warn(self, tenant: TenantId, line_hash: bytes, *, until: datetime) -> None:
        self._until[tenant, line_hash] = until

    async def warned(self, tenant: TenantId, line_hash: bytes) -> bool:
        until = self._until.get((tenant, line_hash))
        return until is not None and until > self._clock()
