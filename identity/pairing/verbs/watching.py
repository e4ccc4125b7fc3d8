"""Looking at a pairing without moving it."""

from identity.installations.model import Installation
from identity.pairing.deployment import Deployment
from identity.pairing.model import CallRef, PairingId
from identity.pairing.ports import Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, PairingView
from identity.tenants.model import TenantId


class Watching:
    def __init__(self, deployment: Deployment, pairings: Pairings) -> None: ...

    async def latest(self, tenant: TenantId, call_ref: CallRef) -> PairingView | None:
        """The newest pairing of a call, None when there was none. For polls and screens."""
        raise NotImplementedError

    async def status(self, installation: Installation, pairing: PairingId) -> AppView | Refusal:
        """For the claimer, also after the end. Refusal: `expired_or_unknown`."""
        raise NotImplementedError
