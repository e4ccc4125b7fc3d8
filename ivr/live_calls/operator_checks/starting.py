"""A check that an operator starts while the caller waits or talks (pairing design, section 2).

Nothing is spoken by the machine and no exit is followed: code and match item are on the operator's
screen, to be read out, and every step shows there. It alone lifts an alarm, and says why. Where
the call names a contract, the check is to find its holder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from identity.pairing.model import CallRef, ContractRef, Mode, Requirement
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.flow_engine.events import Event, OperatorAskedCheck
from ivr.live_calls.errands.identity_check import BY_OPERATOR, facts_of
from ivr.live_calls.errands.link_message import LinkMessages
from ivr.live_calls.operator_checks.terms import MODES, CheckTerms
from ivr.live_calls.pairing_news import binding_level, identity_level
from ivr.live_calls.ports import CallRows

REASONS: Final = ("first_check", "failed_before", "higher_level", "alarm_explained", "other")
MESSAGE_NOT_SENT: Final = "message_not_sent"


class TheCalls(Protocol):
    async def tell(self, call_ref: str, event: Event) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVerbs:
    opening: Opening
    watching: Watching
    ending: Ending


class OperatorChecks:
    def __init__(
        self,
        *,
        calls: TheCalls,
        rows: CallRows,
        terms: CheckTerms,
        verbs: CheckVerbs,
        messages: LinkMessages,
        chance: Callable[[], str],
    ) -> None:
        """`chance` gives words that are never given twice."""
        self._calls = calls
        self._rows = rows
        self._terms = terms
        self._verbs = verbs
        self._messages = messages
        self._chance = chance

    async def start(
        self, tenant: str, operator: str, call_ref: str, *, mode: str, reason: str
    ) -> PairingView | Refusal:
        """One of `MODES`, one of `REASONS`. Said twice, there is one check.

        Another mode while a check of the operators is open is one more way to the same check.
        Refusals: `message_not_sent` (the check is open; another way may be tried), those of the
        terms and of opening.
        """
        if mode not in MODES or reason not in REASONS:
            raise ValueError("not a mode or reason of an operator's check")
        row = await self._rows.by_ref(tenant, call_ref)
        asked = await self._terms.of(row) if row is not None else None
        if row is None or asked is None:
            return refuse(Code.NO_OPEN_PAIRING)
        if isinstance(asked, Refusal):
            return asked
        terms = asked.terms
        if mode not in terms.modes:
            return refuse(Code.MODE_UNAVAILABLE)
        before = await self._open_check(tenant, call_ref)
        if before is not None and before.mode.value == mode:
            return before
        key = f"{call_ref}:{BY_OPERATOR}:{self._chance()}"
        opened = await self._verbs.opening.open(
            OpenRequest(
                tenant=TenantId(tenant),
                call=facts_of(row),
                mode=Mode(mode),
                require=Requirement(
                    identity=identity_level(terms.require.identity),
                    binding=binding_level(terms.require.binding),
                ),
                purpose=asked.site.purposes[terms.purpose],
                expect=ContractRef(asked.expect) if asked.expect else None,
                errand_key=key,
                beside=before is not None,
                started_by_operator=True,
                reason=reason,
                operator=operator,
            )
        )
        if isinstance(opened, Refusal):
            return opened
        event = OperatorAskedCheck(identity=terms.require.identity, binding=terms.require.binding)
        await self._calls.tell(call_ref, event)
        if mode != Mode.SMS_LINK.value:
            return opened
        sent = await self._messages.send(row, asked.site, key, opened.link, asked.language)
        return opened if sent else Refusal(code=MESSAGE_NOT_SENT)

    async def stop(self, tenant: str, call_ref: str) -> bool:
        """False when there is none of the operators' to stop: a verdict may have been faster."""
        before = await self._open_check(tenant, call_ref)
        if before is None:
            return False
        ended = await self._verbs.ending.by_phone_side(
            TenantId(tenant), CallRef(call_ref), Hint.BY_OPERATOR, pairing=before.pairing
        )
        return ended is not None and ended.hint is Hint.BY_OPERATOR

    async def _open_check(self, tenant: str, call_ref: str) -> PairingView | None:
        newest = await self._verbs.watching.latest(TenantId(tenant), CallRef(call_ref))
        return newest if newest is not None and is_by_operator(newest) else None


def is_by_operator(view: PairingView) -> bool:
    """An open check that an operator started."""
    return view.status is Status.PENDING and f":{BY_OPERATOR}:" in view.errand_key
