"""What the door's part for desks works with: checks without a call, and enrolments that wait."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from identity.contract_holders.approving import Decided
from identity.contract_holders.model import Holder
from identity.contract_holders.waiting import Wait
from identity.jpki.attributes import Attributes
from identity.pairing.model import PairingId
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from identity.tenants.model import TenantId


class Checks(Protocol):
    """`identity.pairing.verbs.at_desk.AtDesk` is one. Accounts are logins."""

    async def begin(self, tenant: TenantId, wanted: Wanted) -> DeskView | Refusal:
        """ValueError for what `Wanted` does not allow."""
        ...

    async def view(self, tenant: TenantId, pairing: PairingId) -> DeskView | None: ...

    async def begun_by(self, tenant: TenantId, account: str) -> Sequence[DeskView]:
        """Of today, newest first, as many as a person looks through."""
        ...

    async def stop(self, tenant: TenantId, pairing: PairingId) -> None: ...


class Approvals(Protocol):
    """`identity.contract_holders.approving.Approving` behind it, at the time of now."""

    async def waiting(self, tenant: str) -> Sequence[Wait]:
        """Oldest first."""
        ...

    async def settled(self, tenant: str, enrolment: str) -> str:
        """What became of one that waited: a code of `Decided`, "" where nobody decided it."""
        ...

    async def approve(self, tenant: str, enrolment: str, second: str) -> Decided: ...

    async def decline(self, tenant: str, enrolment: str, by: str) -> Decided: ...


class HoldersByContract(Protocol):
    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTrail:
    """Evidence of who looked at a result, written before the answer leaves: what raises shows
    nothing. Both take the tenant, the account's id and the evidence id that is looked at;
    `card_attributes` gives None where that row holds no proven signature certificate."""

    viewed: Callable[[str, str, str], Awaitable[None]]
    card_attributes: Callable[[str, str, str], Awaitable[Attributes | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """`purposes` are the site's: name -> words. `decided(tenant)` tells all consoles that what
    waits is another list now."""

    checks: Checks
    approvals: Approvals
    holders: HoldersByContract
    trail: DeskTrail
    purposes: Mapping[str, str]
    decided: Callable[[str], Awaitable[None]]
    now: Callable[[], datetime]
