"""Holders and linkage in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from identity.contract_holders.comparing import somebody_else
from identity.contract_holders.hashes import phone_hash
from identity.contract_holders.model import Holder
from identity.contract_holders.ports import LinkageUnavailable
from identity.tenants.model import Tenant, TenantId


class MemoryHolders:
    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.rows: dict[tuple[TenantId, str], Holder] = {}

    async def of_person(self, tenant: TenantId, person: str) -> Sequence[Holder]:
        return self._sorted(lambda h: h.tenant == tenant and bool(person) and h.person == person)

    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None:
        return self.rows.get((tenant, contract_ref))

    async def of_phone(self, tenant: TenantId, hashed: bytes) -> Sequence[Holder]:
        return self._sorted(
            lambda h: (
                h.tenant == tenant
                and any(phone_hash(self._tenant, phone) == hashed for phone in h.phones)
            )
        )

    async def replace_all(self, tenant: TenantId, holders: Sequence[Holder]) -> Sequence[str]:
        changed: list[str] = []
        for holder in holders:
            known = self.rows.get((tenant, holder.contract_ref))
            person = holder.person or (known.person if known else "")
            unsure = known is not None and known.to_confirm
            if known and known.person and (known.person != person or somebody_else(known, holder)):
                changed.append(holder.contract_ref)
                unsure = True
            after = replace(holder, person=person, to_confirm=unsure)
            self.rows[tenant, holder.contract_ref] = after
        return changed

    def give(self, tenant: TenantId, contract_ref: str, person: str) -> bool:
        """As in SQL: never from one person to another."""
        holder = self.rows.get((tenant, contract_ref))
        if holder is None or holder.person not in ("", person):
            return False
        self.rows[tenant, contract_ref] = replace(holder, person=person, to_confirm=False)
        return True

    def untie(self, tenant: TenantId, contract_ref: str, person: str) -> bool:
        holder = self.rows.get((tenant, contract_ref))
        if holder is None or not person or holder.person != person:
            return False
        self.rows[tenant, contract_ref] = replace(holder, person="", to_confirm=False)
        return True

    def _sorted(self, wanted: Callable[[Holder], bool]) -> list[Holder]:
        found = [holder for holder in self.rows.values() if wanted(holder)]
        return sorted(found, key=lambda holder: holder.contract_ref)


class MemoryLinkage:
    def __init__(self) -> None:
        self.rows: dict[tuple[TenantId, bytes], str] = {}
        self.away = False
        self.broken = False

    async def person_of(self, tenant: TenantId, card_hash: bytes) -> str | None:
        if self.broken:
            raise ConnectionError("the connection was lost")
        if self.away:
            raise LinkageUnavailable
        return self.rows.get((tenant, card_hash))

    async def link(self, tenant: TenantId, card_hash: bytes, person: str) -> str:
        return self.rows.setdefault((tenant, card_hash), person)
