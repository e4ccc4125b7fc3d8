"""The certificates behind a call's results, asked about again for what its operator does."""

from dataclasses import dataclass

from identity.pairing.model import CallRef
from identity.pairing.verbs.afterwards.rechecking import Occasion, Rechecking
from identity.tenants.model import TenantId
from ivr.live_calls.background import Background
from ivr.queues.ports import WaitingCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """The console's port `Certificates`."""

    waiting: WaitingCalls
    rechecking: Rechecking
    background: Background

    def handed_over(self, tenant: str, token: str) -> None:
        async def ask() -> None:
            row = await self.waiting.by_token(tenant, token)
            if row is not None:
                await self._ask(tenant, row.call_ref, Occasion.HAND_OVER)

        self.background.start(ask, "recheck")

    async def before(self, tenant: str, call_ref: str, action: str) -> None:
        await self._ask(tenant, call_ref, Occasion(action))

    async def _ask(self, tenant: str, call_ref: str, occasion: Occasion) -> None:
        await self.rechecking.of_call(TenantId(tenant), CallRef(call_ref), occasion)
