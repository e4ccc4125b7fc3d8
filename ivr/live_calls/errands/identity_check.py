"""The errands of a check: open, extend, close. Each is one transaction of the pairing side."""

from collections.abc import Mapping
from datetime import timedelta

from identity.pairing.model import CallFacts, CallRef, ContractRef, Mode, Requirement
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import ClosePairing, ExtendPairing, OpenPairing
from ivr.flow_engine.events import ErrandDone, ErrandFailed, Event, PairingOpened
from ivr.live_calls.pairing_news import binding_level, identity_level
from ivr.live_calls.ports import CallRow


class IdentityCheck:
    def __init__(self, *, opening: Opening, ending: Ending) -> None:
        self._opening = opening
        self._ending = ending

    async def open(self, errand: OpenPairing, row: CallRow, flow: Flow) -> Event:
        opened = await self._opening.open(
            OpenRequest(
                tenant=TenantId(row.tenant),
                call=CallFacts(
                    call_ref=CallRef(row.call_ref),
                    dialled=row.dialled,
                    line=row.number,
                    started_at=row.began_at,
                ),
                mode=Mode(errand.mode),
                require=Requirement(
                    identity=identity_level(errand.identity),
                    binding=binding_level(errand.binding),
                ),
                purpose=_word(flow.site.purposes, errand.purpose),
                action=_word(flow.site.actions, errand.action),
                expect=ContractRef(errand.expect) if errand.expect else None,
                errand_key=errand.key,
                claim_within=timedelta(seconds=errand.claim_within),
                whole_check=timedelta(seconds=errand.whole_check),
            )
        )
        if isinstance(opened, Refusal):
            return ErrandFailed(key=errand.key, reason=opened.code)
        return PairingOpened(key=errand.key, code=opened.code, item=opened.item)

    async def extend(self, errand: ExtendPairing, row: CallRow, flow: Flow) -> Event:
        answer = await self._opening.extend(
            TenantId(row.tenant), CallRef(row.call_ref), by=timedelta(seconds=errand.seconds)
        )
        if isinstance(answer, Refusal):
            return ErrandFailed(key=errand.key, reason=answer.code)
        return ErrandDone(key=errand.key)

    async def close(self, errand: ClosePairing, row: CallRow, flow: Flow) -> Event:
        await self._ending.by_phone_side(
            TenantId(row.tenant), CallRef(row.call_ref), Hint(errand.hint)
        )
        return ErrandDone(key=errand.key)


def _word(words: Mapping[str, str], name: str) -> str:
    return words[name] if name else ""
