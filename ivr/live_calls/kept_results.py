"""What an earlier call proved, shown for the call that we place (flow language, `callback`).

Identity level and age stay; the binding falls to `bind_none`, because nothing ties a result to
another call: nothing is green before a new binding.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from identity.pairing.levels import Badge, BindingLevel, badge
from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint, Status
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.live_calls.screen_pop import HoldersByContract, PopContract, method_of
from ivr.queues.model import Callback

LONGEST_KEPT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`badge` is amber, grey or red, never green. The other fields are empty where nothing is kept:
    no complete result, one that is too old, or an alarm (`hint` names it)."""

    badge: str
    hint: str
    identity_level: str = "id_none"
    binding_level: str = "bind_none"
    method: str = ""
    verified_at: datetime | None = None
    until: datetime | None = None
    contracts: tuple[PopContract, ...] = ()
    evidence_id: str = field(default="", repr=False)


class KeptResults:
    def __init__(
        self, *, watching: Watching, holders: HoldersByContract, now: Callable[[], datetime]
    ) -> None:
        self._watching = watching
        self._holders = holders
        self._now = now

    async def of(self, row: Callback, *, named: bool = False) -> Kept:
        """With `named`, whose contracts they are too: for the operator who has taken it."""
        tenant = TenantId(row.tenant)
        view = await self._watching.latest(tenant, CallRef(row.call_ref))
        if view is None:
            return Kept(badge=Badge.GREY.value, hint="")
        if view.hint is Hint.REPUDIATED or view.alarm is not None:
            alarm = view.alarm or view.hint
            return Kept(badge=Badge.RED.value, hint=alarm.value)
        until = kept_until(view, row)
        if view.verdict is None or until is None or until <= self._now():
            return Kept(badge=Badge.GREY.value, hint="" if until else view.hint.value)
        contracts = await self._contracts(tenant, view) if named else ()
        return Kept(
            badge=_badge(view).value,
            hint=view.hint.value,
            identity_level=view.identity.code,
            method=method_of(view),
            verified_at=view.verdict.at,
            until=until,
            contracts=contracts,
            evidence_id=view.verdict.evidence_id,
        )

    async def _contracts(self, tenant: TenantId, view: PairingView) -> tuple[PopContract, ...]:
        found = [await self._holders.by_contract(tenant, ref) for ref in view.contracts]
        return tuple(PopContract(ref=h.contract_ref, holder=h.display_name) for h in found if h)


def kept_until(view: PairingView, row: Callback) -> datetime | None:
    """None when there is no complete result to keep."""
    if view.status is not Status.COMPLETE or view.verdict is None:
        return None
    return view.verdict.at + min(timedelta(seconds=row.keep_result), LONGEST_KEPT)


def _badge(view: PairingView) -> Badge:
    assert view.verdict is not None
    return badge(
        status=view.status,
        hint=view.hint,
        identity=view.identity,
        binding=BindingLevel.BIND_NONE,
        knowledge=view.verdict.knowledge,
    )
