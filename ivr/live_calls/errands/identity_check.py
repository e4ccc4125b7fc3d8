"""The errands of a check: open, extend, close. Each is one transaction of the pairing side.

Done twice with the same key (a repeated webhook, a lost race) each has the same effect and answer.
"""

from collections.abc import Mapping
from datetime import timedelta

from identity.pairing.model import CallFacts, CallRef, ContractRef, Mode, Requirement
from identity.pairing.outcomes import ALARMS, CANCELLED, Hint, Status
from identity.pairing.refusals import Code, Refusal
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import ClosePairing, ExtendPairing, OpenPairing
from ivr.flow_engine.events import ErrandDone, ErrandFailed, Event, PairingOpened
from ivr.live_calls.pairing_news import binding_level, identity_level, to_event
from ivr.live_calls.ports import CallRow


class IdentityCheck:
    def __init__(self, *, opening: Opening, watching: Watching, ending: Ending) -> None:
        self._opening = opening
        self._watching = watching
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
        if opened.status is not Status.PENDING:
            return to_event(opened)  # asked again after it ended: there is no code to speak
        return PairingOpened(key=errand.key, code=opened.code, item=opened.item)

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


def _beats(ended: PairingView, asked: Hint) -> bool:
    """A verdict or an alarm always; any other end only where no key of the caller decided."""
    if ended.hint is asked:
        return False
    weighty = ended.status is Status.COMPLETE or ended.hint in ALARMS
    return weighty or asked not in CANCELLED


def _place(errand_key: str) -> tuple[int, int]:
    """(step number, index) of a key `<call>:<n>:<index>`."""
    _, n, index = errand_key.rsplit(":", 2)
    return int(n), int(index)


def _word(words: Mapping[str, str], name: str) -> str:
    return words[name] if name else ""
