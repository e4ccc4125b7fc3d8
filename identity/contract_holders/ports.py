"""Holders, the linkage table, enrolments."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from identity.contract_holders.model import Holder
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.model import SealedRecord
from identity.tenants.model import TenantId
from identity.verification.model import LinkageKey


class Settled(Enum):
    """What became of an approval in the store. `gone`: nothing waits there (any more); `changed`:
    contract or card are not what was compared; `disowned`: repudiated, or the card is held."""

    DONE = "done"
    GONE = "gone"
    CHANGED = "changed"
    DISOWNED = "disowned"


class Holders(Protocol):
    async def of_person(self, tenant: TenantId, person: str) -> Sequence[Holder]:
        """All contracts of a person, by contract_ref."""
        ...

    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None: ...

    async def of_phone(self, tenant: TenantId, phone_hash: bytes) -> Sequence[Holder]: ...

    async def replace_all(self, tenant: TenantId, holders: Sequence[Holder]) -> Sequence[str]:
        """Upsert by contract_ref in one transaction: all or nothing.

        An empty person keeps the one that an enrolment or an earlier import gave. Contracts of a
        person whose name or birth date are somebody else's now, or that the rows give to another
        person, are answered in their order and are `to_confirm`, as those are that were before.
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


class LinkageFeed(Protocol):
    """What the authority says of certificates of one person (証明書紐付け情報 and
    証明書新旧紐付け情報)."""

    async def related(self, key: LinkageKey) -> Sequence[LinkageKey]:
        """The person's other certificates, near and far; none when it says nothing of this one.

        `LinkageUnavailable` when it cannot tell.
        """
        ...


class Enrolments(Protocol):
    """What an enrolment writes by itself. A tie without two people, and a wait, are written with
    the end of their pairing."""

    async def waiting(self, tenant: TenantId) -> Sequence[Wait]:
        """What is to be decided, oldest first: not over by the store's clock, nor repudiated."""
        ...

    async def approve(
        self, tenant: TenantId, wait: Wait, *, held: Sequence[str], record: SealedRecord
    ) -> Settled:
        """Card to person, person to contract, the wait gone and the evidence: in one transaction,
        or nothing. `held` are the persons of whom none may be held after a repudiation, nor have
        repudiated anything since the card was tapped."""
        ...

    async def end(self, tenant: TenantId, wait: Wait, *, record: SealedRecord) -> bool:
        """The wait gone without a tie, with the evidence. False when it was gone."""
        ...

    async def give(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        """A contract to a person who holds another one, with the evidence; one of theirs is
        confirmed by it. False, and nothing is
        written, when the contract is not there or is another person's."""
        ...

    async def untie(
        self, tenant: TenantId, *, contract_ref: str, person: str, record: SealedRecord
    ) -> bool:
        """This person's contract is nobody's, with the evidence. False, and nothing is written,
        when it is not theirs (any more)."""
        ...


class Staff(Protocol):
    """The business's people, by login."""

    async def may_decide(self, tenant: TenantId, login: str) -> bool:
        """Whether that is an account in use, of somebody who may decide about holders."""
        ...


class LinkageUnavailable(Exception):
    """Outside failed, retryable: an outcome of its own, never "new person"."""
