"""The phone side begins a check, and gives it more time."""

from dataclasses import dataclass
from datetime import timedelta

from identity.pairing.deployment import Deployment
from identity.pairing.model import CallFacts, CallRef, ContractRef, Mode, Requirement
from identity.pairing.ports import Counters, Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What the flow asks for. `purpose` is at most 60 characters, from the site's allow-list.

    The two times are at most those of the policy; None takes the policy's.
    """

    tenant: TenantId
    call: CallFacts
    mode: Mode
    require: Requirement
    purpose: str
    errand_key: str
    action: str = ""
    expect: ContractRef | None = None
    claim_within: timedelta | None = None
    whole_check: timedelta | None = None


class Opening:
    def __init__(self, deployment: Deployment, pairings: Pairings, counters: Counters) -> None: ...

    async def open(self, request: OpenRequest) -> PairingView | Refusal:
        """Open a check for a call; again with the same errand key: the same pairing and code.

        An open check of this call under another key ends as `caller_skipped` (a new code was
        asked for). Refusals: the hint of an alarm that stands on this call; `codes_paused`.
        ValueError: a mode not built yet, a purpose that is empty or too long.
        """
        raise NotImplementedError

    async def extend(
        self, tenant: TenantId, call_ref: CallRef, by: timedelta
    ) -> PairingView | Refusal:
        """More time, once a pairing, at most the policy's extension.

        Refusals: `no_open_pairing`, `extended_before`, `try_again`.
        """
        raise NotImplementedError
