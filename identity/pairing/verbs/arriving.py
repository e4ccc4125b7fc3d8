"""A caller's tones bring a dial ticket or a keyed code: the call meets its pairing."""

from dataclasses import dataclass, field
from datetime import timedelta

from identity.pairing.model import CallFacts, ContractRef, Mode, Pairing, Requirement
from identity.pairing.refusals import Refusal
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRequest:
    """Digits that came with a call, and what the flow requires. `digits` as they were keyed."""

    tenant: TenantId
    call: CallFacts
    mode: Mode
    digits: str = field(repr=False)
    require: Requirement
    errand_key: str
    purpose: str
    action: str = ""
    expect: ContractRef | None = None
    whole_check: timedelta | None = None


class Arriving:
    async def arrive(self, request: ArrivalRequest) -> PairingView | Refusal:
        """The pairing that the digits lead to, tied to this call; again with the same errand key:
        the same. It may be over already (a verdict, or a hint of why not).

        A good ticket that arrives on a second call ends both as `superseded`. Refusals:
        `no_ticket`, the hint of an alarm that stands on this call, `try_again`.
        """
        raise NotImplementedError

    async def report_over(self, pairing: Pairing) -> Pairing:
        """The time for the installation's report is over: the choice of three is asked instead."""
        raise NotImplementedError
