"""Checks at a desk and enrolments that wait, for the operators' door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.contract_holders.approving import Approving, Decided
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.ports import EvidenceRows
from identity.pairing.model import NO_CALL, PairingNews
from identity.tenants.model import Tenant, TenantId
from ivr.queues.ports import QueueNews
from kazasu.wiring.console.trail import trail_of_desks
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import Subscriber
from operator_console.at_desk.ports import Desks


def desks(identity: IdentitySide, stores: Stores, news: QueueNews) -> Desks:
    async def decided(tenant: str) -> None:
        await news.tell(tenant, operator=None, what="desk", token="")

    now = identity.deployment.now
    businesses = identity.deployment.businesses.values()
    return Desks(
        checks=identity.at_desk,
        approvals=_Approvals(identity.tenant, identity.approving, stores.evidence, now),
        holders=stores.holders,
        trail=trail_of_desks(identity, stores),
        purposes=next((one.purposes for one in businesses), {}),
        decided=decided,
        now=now,
    )


def desk_news(identity: IdentitySide, stores: Stores, news: QueueNews) -> Subscriber:
    """Tells whoever began a check at a desk; and everybody, where it waits for a second person."""

    async def heard(told: PairingNews) -> None:
        if told.call_ref != NO_CALL:
            return
        view = await identity.at_desk.view(told.tenant, told.pairing)
        if view is None:
            return
        everybody = view.enrolment is not None and view.enrolment.waits
        account = None if everybody else await stores.staff.by_login(told.tenant, view.begun_by)
        if account is not None or everybody:
            to = account.id if account else None
            await news.tell(told.tenant, operator=to, what="desk", token=told.pairing)

    return heard


@dataclass(frozen=True, slots=True)
class _Approvals:
    """Of the one tenant of this deployment; nothing waits for another."""

    tenant: Tenant
    approving: Approving
    evidence: EvidenceRows
    now: Callable[[], datetime]

    async def waiting(self, tenant: str) -> Sequence[Wait]:
        return await self.approving.waiting(self.tenant) if tenant == self.tenant.id else ()

    async def settled(self, tenant: str, enrolment: str) -> str:
        """By the last word on it in the evidence."""
        rows = await self.evidence.of_pairing(TenantId(tenant), enrolment)
        outcomes = [row.record.header.get("outcome", "") for row in rows]
        return next((one for one in reversed(outcomes) if one in set(Decided)), "")

    async def approve(self, tenant: str, enrolment: str, second: str) -> Decided:
        if tenant != self.tenant.id:
            return Decided.NOT_WAITING
        return await self.approving.approve(self.tenant, enrolment, second, at=self.now())

    async def decline(self, tenant: str, enrolment: str, by: str) -> Decided:
        if tenant != self.tenant.id:
            return Decided.NOT_WAITING
        return await self.approving.decline(self.tenant, enrolment, by, at=self.now())
