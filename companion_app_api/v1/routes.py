"""The calls of `/v1`, one function each: read, speak to the verb, show. No rule lives here."""

import asyncio

from pydantic import MISSING
from quart import Blueprint

from companion_app_api.v1.answers import ALWAYS, ENDED, IN_A_PAIRING, POSTED, answers
from companion_app_api.v1.changes import Changes
from companion_app_api.v1.door import Door, pairing_id
from companion_app_api.v1.problems import refused
from companion_app_api.v1.replies import (
    Businesses,
    History,
    HistoryEntry,
    PairingState,
    Registered,
)
from companion_app_api.v1.requests import (
    BeforeTheCall,
    Cancel,
    Choose,
    Claim,
    Confirm,
    NoQuery,
    OwnCall,
    Progress,
    Prove,
    Register,
    Repudiate,
    Wait,
)
from companion_app_api.v1.shown import (
    businesses,
    call_of,
    claimed,
    history_entry,
    reported,
    state,
    unpacked,
)
from companion_app_api.v1.verbs import AppVerbs
from identity.installations.model import Installation
from identity.jpki.profile import CardKind
from identity.pairing.model import CallState, Mode, PairingId, Tap
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Code, Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView

_KINDS = {
    "card": CardKind.CARD,
    "android": CardKind.ANDROID,
    "iphone": CardKind.IPHONE,
    "unknown": CardKind.CARD,  # a card that hides its label; its certificate says what it is
}
_BEGIN = (
    *ALWAYS, *POSTED, Code.EXPIRED_OR_UNKNOWN.value, Code.MODE_UNAVAILABLE.value,
    Code.IN_A_CALL.value, Code.TRY_AGAIN.value,
)  # fmt: skip
_STEP = (*ALWAYS, *POSTED, *IN_A_PAIRING, *ENDED)


def add_installation_calls(api: Blueprint, door: Door, verbs: AppVerbs) -> None:
    @api.post("/installations")
    @answers(
        reply=Registered,
        body=Register,
        codes=(
            "request_proof_invalid",
            Code.APP_UNSUPPORTED.value,
            Code.SLOW_DOWN.value,
            "internal_error",
            *POSTED,
        ),
    )
    async def register() -> Registered:
        """Make a device key known."""
        return Registered(installation=(await door.introduced()).id)

    @api.get("/history")
    @answers(reply=History, codes=(*ALWAYS, "invalid_request", "body_too_large"))
    async def history() -> History:
        """Checks proven here, and those of the same person that may be repudiated from here."""
        installation, _ = await door.asked(NoQuery)
        entries = await verbs.repudiating.history(installation)
        return History(entries=[history_entry(entry) for entry in entries])

    @api.post("/pairings/<pairing>/repudiate")
    @answers(
        reply=HistoryEntry,
        body=Repudiate,
        codes=(
            *ALWAYS, *POSTED, Code.EXPIRED_OR_UNKNOWN.value, Code.TOO_LATE.value,
            Code.TRY_AGAIN.value,
        ),
    )  # fmt: skip
    async def repudiate(pairing: str) -> HistoryEntry:
        """「私ではありません」, until 72 hours after. It cannot be withdrawn here."""
        installation, _ = await door.posted(Repudiate)
        answer = await verbs.repudiating.repudiate(installation, pairing_id(pairing))
        if isinstance(answer, Refusal):
            raise refused(answer)
        return history_entry(answer)


def add_joining_calls(api: Blueprint, door: Door, verbs: AppVerbs) -> None:
    @api.post("/pairings/claim")
    @answers(
        reply=PairingState,
        body=Claim,
        codes=(
            *ALWAYS, *POSTED, *ENDED, Code.EXPIRED_OR_UNKNOWN.value, Code.SLOW_DOWN.value,
            Code.TRY_AGAIN.value, Code.IN_A_CALL.value,
        ),
    )  # fmt: skip
    async def claim() -> PairingState:
        """Reserve the call or the check at a desk that a code or link leads to. One winner, ever.

        Of a desk the statement comes at once: there is no call, no question and no choice.
        """
        installation, body = await door.posted(Claim)
        answer = await verbs.claiming.claim(
            installation, body.locator, CallState(body.call_state), address=door.address()
        )
        if isinstance(answer, Refusal):
            raise refused(answer)
        return claimed(answer)

    @api.post("/pairings/<pairing>/confirm")
    @answers(reply=PairingState, body=Confirm, codes=_STEP)
    async def confirm(pairing: str) -> PairingState:
        """The direction question. An answer that does not fit the call ends it with an alarm."""
        installation, body = await door.posted(Confirm)
        return _state(
            await verbs.claiming.confirm(installation, pairing_id(pairing), Answer(body.answer))
        )

    @api.post("/pairings/<pairing>/choose")
    @answers(
        reply=PairingState,
        body=Choose,
        codes=(*_STEP, Code.ROUND_OVER.value, Code.NOT_OFFERED.value),
    )
    async def choose(pairing: str) -> PairingState:
        """The number that the call speaks. Right: the statement. Wrong once: a new round."""
        installation, body = await door.posted(Choose)
        return _state(
            await verbs.claiming.choose(installation, pairing_id(pairing), body.round, body.choice)
        )


def add_calls_from_the_app(api: Blueprint, door: Door, verbs: AppVerbs) -> None:
    @api.get("/businesses")
    @answers(reply=Businesses, codes=(*ALWAYS, "invalid_request", "body_too_large"))
    async def who_can_be_called() -> Businesses:
        """The numbers that may be called from the app, and for what."""
        await door.asked(NoQuery)
        offered = door.settings
        return businesses(offered.businesses, keyed_codes=offered.keyed_codes)

    async def begun(mode: Mode) -> PairingState:
        installation, body = await door.posted(BeforeTheCall)
        return _state(
            await verbs.dialling.begin(
                installation,
                business=body.business,
                purpose=body.purpose,
                call_state=CallState(body.call_state),
                mode=mode,
            )
        )

    @api.post("/dial-tickets")
    @answers(reply=PairingState, body=BeforeTheCall, codes=_BEGIN)
    async def tap_first() -> PairingState:
        """A check before the call: the statement now, the ticket with the accepted proof."""
        return await begun(Mode.APP_DIAL)

    @api.post("/keyed-codes")
    @answers(reply=PairingState, body=BeforeTheCall, codes=(*_BEGIN, Code.CODES_PAUSED.value))
    async def show_a_code() -> PairingState:
        """A code for the caller to key into the call, where the service offers it."""
        return await begun(Mode.KEYED_CODE)

    @api.post("/pairings/<pairing>/call")
    @answers(reply=PairingState, body=OwnCall, codes=_STEP)
    async def report_call(pairing: str) -> PairingState:
        """The handset's own call, once it is connected: within 10 s of the ticket's arrival."""
        installation, body = await door.posted(OwnCall)
        return _state(
            await verbs.dialling.report(installation, pairing_id(pairing), reported(body))
        )


def add_card_calls(api: Blueprint, door: Door, verbs: AppVerbs) -> None:
    @api.post("/pairings/<pairing>/progress")
    @answers(reply=PairingState, body=Progress, codes=_STEP)
    async def progress(pairing: str) -> PairingState:
        """So that the voice and the operator can follow."""
        installation, body = await door.posted(Progress)
        return _state(
            await verbs.claiming.progress(installation, pairing_id(pairing), Hint(body.hint))
        )

    @api.post("/pairings/<pairing>/proof")
    @answers(reply=PairingState, body=Prove, codes=_STEP)
    async def prove(pairing: str) -> PairingState:
        """What the card signed. 200 with the outcome, or 422 with the refusal."""
        installation, body = await door.posted(Prove)
        tap = Tap(
            certificate=unpacked(body.certificate, field="certificate"),
            signature=unpacked(body.signature, field="signature"),
            card_kind=_KINDS[body.card_kind],
        )
        return _state(await verbs.proving.prove(installation, pairing_id(pairing), tap))

    @api.post("/pairings/<pairing>/cancel")
    @answers(reply=PairingState, body=Cancel, codes=_STEP)
    async def cancel(pairing: str) -> PairingState:
        """The holder stops, or the card cannot do it."""
        installation, body = await door.posted(Cancel)
        return _state(
            await verbs.ending.by_app(installation, pairing_id(pairing), Hint(body.reason))
        )


def add_poll(api: Blueprint, door: Door, verbs: AppVerbs, changes: Changes) -> None:
    @api.get("/pairings/<pairing>")
    @answers(
        reply=PairingState,
        query=Wait,
        codes=(*ALWAYS, "invalid_request", "body_too_large", Code.EXPIRED_OR_UNKNOWN.value),
    )
    async def look(pairing: str) -> PairingState:
        """Where it stands; with `wait` the answer comes when that has changed."""
        installation, query = await door.asked(Wait)
        view = await _changed(installation, pairing_id(pairing), query)
        if isinstance(view, Refusal) or view.hint is not Hint.AWAITING_CALL_CONFIRM:
            return _state(view)
        # A keyed code was not claimed: only now is it known whose call it came in.
        call = await verbs.watching.call_of(installation, view.pairing)
        return _state(call) if isinstance(call, Refusal) else state(view, call_of(call))

    async def _changed(
        installation: Installation, pairing: PairingId, query: Wait
    ) -> AppView | Refusal:
        clock = asyncio.get_running_loop().time
        until = clock() + query.wait
        with changes.listening(pairing) as listener:
            view = await verbs.watching.status(installation, pairing)
            if listener is None or isinstance(view, Refusal):
                return view
            seen = view.hint.value if query.since is MISSING else query.since
            while view.status is Status.PENDING and view.hint.value == seen and clock() < until:
                may_stay = await listener.rung(until - clock())
                again = await verbs.watching.status(installation, pairing)
                if isinstance(again, Refusal):
                    return again
                view = again
                if not may_stay:
                    break
        return view


def _state(answer: AppView | Refusal) -> PairingState:
    if isinstance(answer, Refusal):
        raise refused(answer)
    return state(answer)
