"""What an earlier call proved, shown for the call that we place (flow language, `callback`).

Identity level and age stay; the binding falls to `bind_none`, because nothing ties a result to
another call: nothing is green before a new binding.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from identity.contract_holders.model import Holder
from identity.pairing.levels import Badge, BindingLevel, badge
from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint, Status
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.live_calls.screen_pop import (
    HoldersByContract,
    PopContract,
    ReportedLines,
    method_of,
)
from ivr.queues.model import Callback

LONGEST_KEPT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`badge` is amber, grey or red, never green. The other fields are empty where nothing is kept:
    no complete result, one that is too old, or an alarm (`hint` names it).

    `number_on_contract`: the number to be rung is on a contract of that person, or of anybody where
    nobody is known; None when it was not asked for.
    """

    badge: str
    hint: str
    identity_level: str = "id_none"
    binding_level: str = "bind_none"
    method: str = ""
    verified_at: datetime | None = None
    until: datetime | None = None
    contracts: tuple[PopContract, ...] = ()
    evidence_id: str = field(default="", repr=False)
    number_on_contract: bool | None = None


class KeptResults:
    def __init__(
        self,
        *,
        watching: Watching,
        holders: HoldersByContract,
        lines: ReportedLines,
        now: Callable[[], datetime],
    ) -> None:
        self._watching = watching
        self._holders = holders
        self._lines = lines
        self._now = now

    async def of(self, row: Callback, *, named: bool = False) -> Kept:
        """Of the first call that asked and whose result is still kept; else an alarm of any, else
        what the first call says. With `named`, whose contracts they are too, and whether the number
        is on them: for the operator who has taken it."""
        tenant, first = TenantId(row.tenant), Kept(badge=Badge.GREY.value, hint="")
        views = [(await self._view(tenant, ref), seconds) for ref, seconds in _asked(row)]
        for view, seconds in views:
            if view is not None and self._stands(view, seconds):
                return await self._kept(row, view, seconds, named=named)
        told = [_not_kept(view, seconds) for view, seconds in views if view is not None]
        found = next((one for one in told if one.badge == Badge.RED.value), (*told, first)[0])
        if not named:
            return found
        known = await self._lines.on_a_contract(tenant, row.number)
        return replace(found, number_on_contract=known)

    async def _view(self, tenant: TenantId, call_ref: str) -> PairingView | None:
        return await self._watching.latest(tenant, CallRef(call_ref))

    def _stands(self, view: PairingView, seconds: int) -> bool:
        until = kept_until(view, seconds)
        return until is not None and until > self._now() and _alarm(view) is None

    async def _kept(self, row: Callback, view: PairingView, seconds: int, *, named: bool) -> Kept:
        assert view.verdict is not None
        held = await self._held(TenantId(row.tenant), view) if named else []
        return Kept(
            badge=_badge(view).value,
            hint=view.hint.value,
            identity_level=view.identity.code,
            method=method_of(view),
            verified_at=view.verdict.at,
            until=kept_until(view, seconds),
            contracts=tuple(PopContract(ref=h.contract_ref, holder=h.display_name) for h in held),
            evidence_id=view.verdict.evidence_id,
            number_on_contract=any(row.number in h.phones for h in held) if named else None,
        )

    async def _held(self, tenant: TenantId, view: PairingView) -> list[Holder]:
        found = [await self._holders.by_contract(tenant, ref) for ref in view.contracts]
        return [holder for holder in found if holder is not None]


def kept_until(view: PairingView, keep_result: int) -> datetime | None:
    """None when there is no complete result to keep. `keep_result` is in seconds."""
    if view.hint is Hint.REVOKED_SINCE:
        return None
    if view.status is not Status.COMPLETE or view.verdict is None:
        return None
    return view.verdict.at + min(timedelta(seconds=keep_result), LONGEST_KEPT)


def _asked(row: Callback) -> list[tuple[str, int]]:
    """The calls that asked for it, in order, and how long each one's result may be shown."""
    again = ((one.call_ref, one.keep_result) for one in row.again)
    return [(row.call_ref, row.keep_result), *again]


def _alarm(view: PairingView) -> Hint | None:
    return view.hint if view.hint is Hint.REPUDIATED else view.alarm


def _not_kept(view: PairingView, seconds: int) -> Kept:
    alarm = _alarm(view)
    if alarm is not None:
        return Kept(badge=Badge.RED.value, hint=(view.alarm or alarm).value)
    outdated = kept_until(view, seconds) is not None
    return Kept(badge=Badge.GREY.value, hint="" if outdated else view.hint.value)


def _badge(view: PairingView) -> Badge:
    assert view.verdict is not None
    return badge(
        status=view.status,
        hint=view.hint,
        identity=view.identity,
        binding=BindingLevel.BIND_NONE,
        knowledge=view.verdict.knowledge,
    )
