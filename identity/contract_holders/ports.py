"""Holders and the linkage table."""

from collections.abc import Sequence
from typing import Protocol

from identity.contract_holders.model import Holder
from identity.tenants.model import TenantId


class Holders(Protocol):
    async def of_person(self, tenant: TenantId, person: str) -> Sequence[Holder]:
        """All contracts of a person, by contract_ref."""
        ...

    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None: ...

    async def of_phone(self, tenant: TenantId, phone_hash: bytes) -> Sequence[Holder]: ...

    async def replace_all(self, tenant: TenantId, holders: Sequence[Holder]) -> None:
        """Upsert by contract_ref in one transaction: all or nothing.

        An empty person keeps the one that an enrolment or an earlier import gave.
        """
        ...


class Linkage(Protocol):
    """HMAC of a card key -> person id. Renewals add rows; the id never changes.

    `person_of` raises `LinkageUnavailable` when it cannot tell; None means "not known".
    """

    async def person_of(self, tenant: TenantId, card_hash: bytes) -> str | None: ...

    async def link(self, tenant: TenantId, card_hash: bytes, person: str) -> str:
        """Add the row unless there is one; returns the person id that stands."""
        ...


class LinkageUnavailable(Exception):
    """Outside failed, retryable: an outcome of its own, never "new person"."""
