"""Enrolments and staff in memory, as the ports say."""

from collections.abc import Sequence

from identity.contract_holders.ports import Settled
from identity.contract_holders.waiting import Wait, mark_of
from identity.evidence_archive.model import SealedRecord
from identity.tenants.model import TenantId
from tests.identity.contract_holders.memory_holders import MemoryHolders, MemoryLinkage


class MemoryEnrolments:
    def __init__(self, holders: MemoryHolders, linkage: MemoryLinkage) -> None:
        self._holders = holders
        self._linkage = linkage
        self.waits: dict[str, Wait] = {}
        self.held: set[str] = set()
        self.records: list[SealedRecord] = []

    async def waiting(self, tenant: TenantId) -> Sequence[Wait]:
        return sorted(self.waits.values(), key=lambda wait: wait.at)

    async def approve(
        self, tenant: TenantId, wait: Wait, *, held: Sequence[str], record: SealedRecord
    ) -> Settled:
        if wait.id not in self.waits:
            return Settled.GONE
        if self.held.intersection(held):
            return Settled.DISOWNED
        holder = self._holders.rows.get((tenant, wait.contract))
        known = self._linkage.rows.get((tenant, wait.card_hash), wait.person)
        if holder is None or mark_of(holder) != wait.contract_mark or known != wait.person:
            return Settled.CHANGED
        self._linkage.rows[tenant, wait.card_hash] = wait.person
        await self.give(tenant, contract_ref=wait.contract, person=wait.person, record=record)
        del self.waits[wait.id]
        return Settled.DONE

    async def end(self, tenant: TenantId, wait: Wait, *, record: SealedRecord) -> bool:
        if self.waits.pop(wait.id, None) is None:
            return False
        self.records.append(record)
        return True

    async def give(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        if not self._holders.give(tenant, contract_ref, person):
            return False
        self.records.append(record)
        return True

    async def untie(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        if not self._holders.untie(tenant, contract_ref, person):
            return False
        self.records.append(record)
        return True


class MemoryStaff:
    def __init__(self, *logins: str) -> None:
        self.logins = set(logins)

    async def may_decide(self, tenant: TenantId, login: str) -> bool:
        return login in self.logins
