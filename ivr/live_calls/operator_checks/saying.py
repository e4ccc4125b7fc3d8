"""The machine says code or match item in the caller's ear, when the operator would rather not.

The caller is taken out of the talk for one announced document and comes back by itself: it says
what stands on the screen at that moment, and then waits for the operator's leg, which waits too.
"""

from typing import Final, Protocol

import structlog

from identity.pairing.model import CallRef
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.verbs.watching import Watching
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.prompts import PAUSE_BETWEEN_GROUPS
from ivr.flow_engine.readings.spoken_form import spoken_groups
from ivr.flow_engine.session import Session
from ivr.flow_engine.voice_actions import Document, Pause, Say, Spoken
from ivr.live_calls.answers import Draw
from ivr.live_calls.operator_checks.starting import is_by_operator
from ivr.live_calls.ports import CallRow, CallRows
from ivr.queues.asides import Asides
from ivr.queues.ports import PhoneTrouble

_log = structlog.get_logger()
NOT_SAID: Final = "not_said"
_TEXTS: Final = {
    "ja": {
        "code": "自動音声で、番号をお伝えします。アプリに入れる番号は、",
        "item": "自動音声で、番号をお伝えします。アプリで選ぶ番号は、",
        "again": "です。くり返します。",
        "back": "です。担当者に戻ります。",
    },
    "en": {
        "code": "This is a recorded voice with your number. Please enter this in the app:",
        "item": "This is a recorded voice with your number. In the app, please choose:",
        "again": "Again:",
        "back": "Now back to your operator.",
    },
}


class TheCall(Protocol):
    async def on_the_line(self, carrier_call_id: str) -> tuple[CallRow, Flow, Session] | None: ...


class StepsAside(Protocol):
    async def fetch_again(self, carrier_call_id: str, *, n: int, aside: bool = False) -> None:
        """`aside`: make the live call ask for what is to be said beside the talk; document `n`
        stays on the line. Raises PhoneTrouble."""
        ...


class SaidChecks:
    def __init__(
        self,
        *,
        calls: TheCall,
        rows: CallRows,
        watching: Watching,
        asides: Asides,
        carrier: StepsAside,
    ) -> None:
        self._calls = calls
        self._rows = rows
        self._watching = watching
        self._asides = asides
        self._carrier = carrier

    async def say(self, tenant: str, call_ref: str) -> Refusal | None:
        """What the open check of an operator waits for. Refusals: `no_open_pairing` (no such check,
        nothing to say now, or nobody talks with the caller), `not_said` (the carrier would not)."""
        row = await self._rows.by_ref(tenant, call_ref)
        found = await self._calls.on_the_line(row.carrier_call_id) if row is not None else None
        if row is None or found is None or not await self._to_say(row):
            return refuse(Code.NO_OPEN_PAIRING)
        talk = await self._asides.begin(tenant, call_ref)
        if talk is None:
            return refuse(Code.NO_OPEN_PAIRING)
        try:
            await self._carrier.fetch_again(row.carrier_call_id, n=found[2].n, aside=True)
        except PhoneTrouble:
            _log.warning("not_said_aside", call_ref=call_ref)
            await self._asides.end(tenant, talk.token)
            return Refusal(code=NOT_SAID)
        return None

    async def document(self, carrier_call_id: str) -> Draw | None:
        """The words, then the queue where the operator's leg waits. None when it is not the time:
        the document on the line goes on. Consumes nothing; repeated, it is said again."""
        found = await self._calls.on_the_line(carrier_call_id)
        if found is None:
            return None
        row, flow, session = found
        transfer, drawn = session.transfer, session.document
        if transfer is None or drawn is None:
            return None
        said = await self._to_say(row)
        if not said or not await self._asides.is_on(row.tenant, transfer.token):
            return None
        kind, digits = said
        voice = flow.voice.get(session.language, "")
        spoken = words(kind, digits, session.language, voice, slow=session.pace == "slow")
        return Draw(document=Document(spoken=spoken, closing=drawn.closing), n=session.n)

    async def _to_say(self, row: CallRow) -> tuple[str, str] | None:
        view = await self._watching.latest(TenantId(row.tenant), CallRef(row.call_ref))
        if view is None or not is_by_operator(view):
            return None
        if view.code:
            return "code", view.code
        return ("item", view.item) if view.item else None


def words(
    kind: str, digits: str, language: str, voice: str, *, slow: bool = False
) -> tuple[Spoken, ...]:
    """`kind` is code or item. Said twice, digit by digit, `slow` to who asked the flow for that."""
    texts = _TEXTS["ja" if language.startswith("ja") else "en"]
    groups = spoken_groups(digits, "digits", "", language)
    said: list[Spoken] = []
    for lead in (texts[kind], texts["again"]):
        for group in (lead, *groups):
            said.append(Say(text=group, language=language, voice=voice, slow=slow))
            said.append(Pause(milliseconds=PAUSE_BETWEEN_GROUPS))
    return (*said, Say(text=texts["back"], language=language, voice=voice, slow=slow))
