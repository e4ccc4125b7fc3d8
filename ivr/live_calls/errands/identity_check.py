"""The errands of a check: open, redeem, extend, close. Each is one transaction of the pairing side.

Done twice with the same key (a repeated webhook, a lost race) each has the same effect and answer.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from identity.pairing.model import CallFacts, CallRef, ContractRef, Direction, Mode, Requirement
from identity.pairing.outcomes import ALARMS, CANCELLED, Hint, Status
from identity.pairing.refusals import Code, Refusal
from identity.pairing.verbs.arriving import ArrivalRequest, Arriving
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import ClosePairing, ExtendPairing, OpenPairing, RedeemTicket
from ivr.flow_engine.events import (
    ErrandDone,
    ErrandFailed,
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    PairingOpened,
)
from ivr.live_calls.errands.link_message import LinkMessages
from ivr.live_calls.errands.table import Slowly
from ivr.live_calls.pairing_news import binding_level, identity_level, to_event
from ivr.live_calls.ports import CallRow

BY_OPERATOR: Final = "operator"
"""Stands in the errand key of a check that an operator starts: `<call>:operator:<random>`."""


class IdentityCheck:
    def __init__(
        self,
        *,
        opening: Opening,
        arriving: Arriving,
        watching: Watching,
        ending: Ending,
        messages: LinkMessages,
    ) -> None:
        self._opening = opening
        self._arriving = arriving
        self._watching = watching
        self._ending = ending
        self._messages = messages

    async def open(self, errand: OpenPairing, row: CallRow, flow: Flow) -> Event | Slowly:
        """Where the way is a link, what is left is to send it."""
        opened = await self._opening.open(
            OpenRequest(
                tenant=TenantId(row.tenant),
                call=facts_of(row),
                mode=Mode(errand.mode),
                require=_required(errand),
                purpose=_word(flow.site.purposes, errand.purpose),
                action=_word(flow.site.actions, errand.action),
                expect=ContractRef(errand.expect) if errand.expect else None,
                errand_key=errand.key,
                claim_within=timedelta(seconds=errand.claim_within),
                whole_check=timedelta(seconds=errand.whole_check),
                beside=errand.beside,
            )
        )
        if isinstance(opened, Refusal):
            return ErrandFailed(key=errand.key, reason=opened.code)
        if opened.status is not Status.PENDING:
            return to_event(opened)  # asked again after it ended: there is no code to speak
        answer = _pending(errand.key, opened)
        if errand.mode != Mode.SMS_LINK.value or not opened.link:
            return answer
        language = errand.language or flow.languages[0]

        async def send() -> Event:
            if await self._messages.send(row, flow.site, errand.key, opened.link, language):
                return answer
            return ErrandFailed(key=errand.key, reason="message_not_sent")

        return Slowly(rest=send)

    async def redeem(self, errand: RedeemTicket, row: CallRow, flow: Flow) -> Event:
        """The caller's tones brought a ticket, or the code that the app shows."""
        found = await self._arriving.arrive(
            ArrivalRequest(
                tenant=TenantId(row.tenant),
                call=facts_of(row),
                mode=Mode(errand.mode),
                digits=errand.digits,
                require=_required(errand),
                errand_key=errand.key,
                purpose=_word(flow.site.purposes, errand.purpose),
                action=_word(flow.site.actions, errand.action),
                expect=ContractRef(errand.expect) if errand.expect else None,
                whole_check=timedelta(seconds=errand.whole_check),
            )
        )
        if isinstance(found, Refusal):
            return ErrandFailed(key=errand.key, reason=found.code)
        if found.status is Status.PENDING:
            return _pending(errand.key, found)
        over = to_event(found)
        if isinstance(over, IdentityProven | IdentityRefused | IdentityCancelled):
            return replace(over, key=errand.key)
        return over

    async def extend(self, errand: ExtendPairing, row: CallRow, flow: Flow) -> Event:
        answer = await self._opening.extend(
            TenantId(row.tenant), CallRef(row.call_ref), by=timedelta(seconds=errand.seconds)
        )
        # The flow asks once for a check, so "extended before" is this very errand done again.
        if isinstance(answer, Refusal) and answer.code != Code.EXTENDED_BEFORE.value:
            return ErrandFailed(key=errand.key, reason=answer.code)
        return ErrandDone(key=errand.key)

    async def close(self, errand: ClosePairing, row: CallRow, flow: Flow) -> Event:
        """A proof that was faster is the answer, and it wins.

        Only what was opened before this errand is closed: done again, the next pairing stays.
        """
        tenant, call_ref, hint = TenantId(row.tenant), CallRef(row.call_ref), Hint(errand.hint)
        if hint is Hint.CALL_ENDED:
            await self._ending.call_ended(tenant, call_ref)
            return ErrandDone(key=errand.key)
        newest = await self._watching.latest(tenant, call_ref)
        if newest is None or _place(newest.errand_key) > _place(errand.key):
            return ErrandDone(key=errand.key)
        ended = await self._ending.by_phone_side(tenant, call_ref, hint, pairing=newest.pairing)
        if ended is None or ended.pairing != newest.pairing or not _beats(ended, hint):
            return ErrandDone(key=errand.key)
        return to_event(ended)


def facts_of(row: CallRow) -> CallFacts:
    return CallFacts(
        call_ref=CallRef(row.call_ref),
        dialled=row.dialled,
        line=row.number,
        started_at=row.began_at,
        direction=Direction(row.placed.value),
    )


def _required(errand: OpenPairing | RedeemTicket) -> Requirement:
    return Requirement(
        identity=identity_level(errand.identity), binding=binding_level(errand.binding)
    )


def _pending(key: str, view: PairingView) -> PairingOpened:
    return PairingOpened(key=key, code=view.code, item=view.item, hint=view.hint.value)


def _beats(ended: PairingView, asked: Hint) -> bool:
    """A verdict or an alarm always; any other end only where no key of the caller decided."""
    if ended.hint is asked:
        return False
    weighty = ended.status is Status.COMPLETE or ended.hint in ALARMS
    return weighty or asked not in CANCELLED


def _place(errand_key: str) -> tuple[float, int]:
    """(step number, index) of a key `<call>:<n>:<index>`; an operator's check comes after all."""
    _, n, index = errand_key.rsplit(":", 2)
    return (math.inf, 0) if n == BY_OPERATOR else (int(n), int(index))


def _word(words: Mapping[str, str], name: str) -> str:
    return words[name] if name else ""
