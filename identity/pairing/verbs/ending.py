"""How a pairing ends other than verified, and who may end it."""

from identity.evidence_archive.recording import Recorder
from identity.pairing.deployment import Deployment
from identity.pairing.model import CallRef, Pairing, PairingId
from identity.pairing.outcomes import Hint
from identity.pairing.ports import LineWarnings, Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, PairingView
from identity.installations.model import Installation
from identity.tenants.model import TenantId


class Ending:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        line_warnings: LineWarnings,
        recorder: Recorder,
    ) -> None: ...

    async def by_app(
        self, installation: Installation, pairing: PairingId, reason: Hint
    ) -> AppView | Refusal:
        """`user_cancelled`, `pin_blocked`, `pin_last_try`, `card_without_pin` or
        `app_unsupported` (ValueError for another). The view shows the ended pairing.
        """
        raise NotImplementedError

    async def by_phone_side(
        self, tenant: TenantId, call_ref: CallRef, hint: Hint
    ) -> PairingView | None:
        """End the open pairing of a call with a cancelled hint, `code_expired` or
        `session_expired` (ValueError for another). Returns the newest pairing, as it is now.
        """
        raise NotImplementedError

    async def call_ended(self, tenant: TenantId, call_ref: CallRef) -> None:
        """The call is over: an open pairing ends as `call_ended`, live verdicts stop living."""
        raise NotImplementedError

    async def expire_overdue(self, at_most: int) -> int:
        """End what is past its time (`code_expired`, `session_expired`); returns how many."""
        raise NotImplementedError
