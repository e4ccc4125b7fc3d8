"""Build the phone side: flows, live calls, queues, and the carrier's door."""

import base64
import hmac
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from identity.contract_holders.hashes import phone_hash
from identity.tenants.model import Tenant
from ivr.carriers.destinations import may_ring_back
from ivr.carriers.twilio.callback_door import CallbackDoor
from ivr.carriers.twilio.queue_door import QueueDoor
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.signature import Keys, SignatureCheck
from ivr.carriers.twilio.twiml import Place
from ivr.carriers.twilio.webhooks import TwilioDoor
from ivr.flow_engine import errands
from ivr.flow_engine.definition import Flow
from ivr.flow_library.model import NoFlow
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.advancing import Trace
from ivr.live_calls.arrival_limits import ArrivalLimits, CallLimits
from ivr.live_calls.background import Background
from ivr.live_calls.callbacks.kept_results import KeptResults
from ivr.live_calls.callbacks.placed_calls import PlacedCalls
from ivr.live_calls.errands.callback import CallbackErrand
from ivr.live_calls.errands.desk import ErrandDesk
from ivr.live_calls.errands.identity_check import IdentityCheck
from ivr.live_calls.errands.link_message import LinkMessages, MessageSettings
from ivr.live_calls.errands.look_up import LookUpErrand
from ivr.live_calls.errands.one_check_per_line import OneCheckPerLine
from ivr.live_calls.errands.operator_screen import OperatorScreen
from ivr.live_calls.lost_ends import LostEnds
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.operator_checks.starting import CheckVerbs, OperatorChecks
from ivr.live_calls.operator_checks.terms import CheckTerms, OnContracts
from ivr.live_calls.pairing_news import PairingNewsDesk
from ivr.live_calls.ports import Lookups
from ivr.live_calls.queue_turns import QueueTurns
from ivr.live_calls.screen_pop import ScreenPop
from ivr.live_calls.service import CallStores, LiveCalls
from ivr.live_calls.sweep import Sweep
from ivr.queues.answering import Answering
from ivr.queues.asides import Asides
from ivr.queues.callback_list import CallbackList
from ivr.queues.entering import Entering
from ivr.queues.offering import Desk, Offering
from ivr.queues.placed_talks import PlacedTalks
from ivr.queues.ports import QueueNews
from ivr.queues.presence import PresenceDesk
from ivr.queues.ringing_back import RingingBack
from kazasu.settings import Settings
from kazasu.wiring.correlation import of_the_call
from kazasu.wiring.identity_side import IdentitySide, ReportedNumbers
from kazasu.wiring.recordings import sounds
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """People to be rung back: the list, the ringing, and what is kept of who they are."""

    book: CallbackList
    ringing: RingingBack
    kept: KeptResults


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSide:
    calls: LiveCalls
    news: PairingNewsDesk
    offering: Offering
    answering: Answering
    presence: PresenceDesk
    callbacks: Callbacks
    checks: OperatorChecks
    said: SaidChecks
    pop: ScreenPop
    sweep: Sweep
    lost_ends: LostEnds
    door: TwilioDoor
    background: Background


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneParts:
    """What the phone side is built from, beside the stores."""

    settings: Settings
    library: FlowLibrary
    lookups: Lookups
    http: httpx2.AsyncClient
    news: QueueNews
    now: Callable[[], datetime]
    trace: Trace | None = None


def call_ref_of(tenant: Tenant) -> Callable[[str], str]:
    """HMAC-SHA-256 under the tenant's key, first 128 bits, base64url."""

    def ref(carrier_call_id: str) -> str:
        mark = hmac.digest(tenant.keys.call_ref, carrier_call_id.encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()

    return ref


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """What more than one part of the phone side works with."""

    place: Place
    rest: TwilioRest
    background: Background
    desk: Desk
    offering: Offering
    entering: Entering
    answering: Answering
    asides: Asides
    messages: LinkMessages
    callbacks: Callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfOperators:
    """What an operator does with a call, and sees of it."""

    checks: OperatorChecks
    said: SaidChecks
    pop: ScreenPop


def build(parts: PhoneParts, identity: IdentitySide, stores: Stores) -> PhoneSide:
    tenant, now, built = identity.tenant, parts.now, _built(parts, identity, stores)
    news = PairingNewsDesk(tenant=tenant.id, watching=identity.watching, ending=identity.ending)
    calls = LiveCalls(
        stores=CallStores(
            tenant=tenant.id,
            ref_of=of_the_call(call_ref_of(tenant)),
            rows=stores.call_rows,
            sessions=stores.sessions,
            arrivals=_arrivals(parts.settings, tenant, stores),
            logs=stores.call_logs,
        ),
        library=parts.library,
        errands=_errands(parts, identity, stores, built),
        news=news,
        now=now,
        trace=parts.trace,
    )
    desk = _operators(calls, parts, identity, stores, built)
    return PhoneSide(
        calls=calls,
        news=news,
        offering=built.offering,
        answering=built.answering,
        presence=PresenceDesk(built.desk, built.offering),
        callbacks=built.callbacks,
        checks=desk.checks,
        said=desk.said,
        pop=desk.pop,
        sweep=Sweep(
            tenant=tenant.id,
            rows=stores.call_rows,
            sessions=stores.sessions,
            calls=calls,
            now=now,
            logs=stores.call_logs,
        ),
        lost_ends=LostEnds(
            tenant=tenant.id,
            waiting=stores.waiting,
            rows=stores.call_rows,
            carrier=built.rest,
            calls=calls,
            now=now,
        ),
        door=_door(parts, tenant, calls, built, stores, desk.said),
        background=built.background,
    )


def _built(parts: PhoneParts, identity: IdentitySide, stores: Stores) -> _Built:
    settings, place = parts.settings, _place(parts.settings)
    rest = _rest(parts, place)
    desk = Desk(
        waiting=stores.waiting,
        callbacks=stores.callbacks,
        operators=stores.operators,
        news=parts.news,
        now=parts.now,
    )
    offering = Offering(desk)
    return _Built(
        place=place,
        rest=rest,
        background=Background(),
        desk=desk,
        offering=offering,
        entering=Entering(desk, offering, rest),
        answering=Answering(desk, offering, rest),
        asides=Asides(desk, offering),
        messages=LinkMessages(
            rest,
            stores.sent_messages,
            MessageSettings(
                public_base=settings.public_base_url, per_day=settings.messages_per_day
            ),
        ),
        callbacks=Callbacks(
            book=CallbackList(desk, per_day=settings.callbacks_per_day),
            ringing=RingingBack(desk, offering, rest),
            kept=KeptResults(
                watching=identity.watching,
                holders=stores.holders,
                lines=ReportedNumbers(tenant=identity.tenant, stores=stores),
                now=parts.now,
            ),
        ),
    )


def _operators(
    calls: LiveCalls, parts: PhoneParts, identity: IdentitySide, stores: Stores, built: _Built
) -> _OfOperators:
    lines = ReportedNumbers(tenant=identity.tenant, stores=stores)
    terms = CheckTerms(
        calls=calls,
        flow_of=_flow_of(parts.library),
        contracts=OnContracts(holders=stores.holders, lines=lines),
        now=parts.now,
    )
    return _OfOperators(
        checks=OperatorChecks(
            calls=calls,
            rows=stores.call_rows,
            terms=terms,
            verbs=CheckVerbs(
                opening=identity.opening, watching=identity.watching, ending=identity.ending
            ),
            messages=built.messages,
            chance=lambda: secrets.token_hex(16),
        ),
        said=SaidChecks(
            calls=calls,
            rows=stores.call_rows,
            watching=identity.watching,
            asides=built.asides,
            carrier=built.rest,
        ),
        pop=ScreenPop(
            waiting=stores.waiting,
            rows=stores.call_rows,
            watching=identity.watching,
            holders=stores.holders,
            lines=lines,
            terms=terms,
        ),
    )


def _flow_of(library: FlowLibrary) -> Callable[[str], Awaitable[Flow | None]]:
    async def flow_of(version: str) -> Flow | None:
        try:
            return await library.flow(version)
        except NoFlow:
            return None

    return flow_of


def _arrivals(settings: Settings, tenant: Tenant, stores: Stores) -> ArrivalLimits:
    limits = CallLimits(per_number=settings.calls_per_number, per_minute=settings.calls_per_minute)
    return ArrivalLimits(stores.counters, limits, lambda number: phone_hash(tenant, number).hex())


def _place(settings: Settings) -> Place:
    return Place(
        public_base=settings.public_base_url,
        sounds=sounds(settings.flows_dir),
        desk=settings.fallback_number,
    )


def _rest(parts: PhoneParts, place: Place) -> TwilioRest:
    settings = parts.settings
    return TwilioRest(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        api_key=settings.twilio_key_pair(),
        api_base=settings.twilio_api_base,
        place=place,
        http=parts.http,
        chance=random.random,
    )


def _door(
    parts: PhoneParts,
    tenant: Tenant,
    calls: LiveCalls,
    built: _Built,
    stores: Stores,
    said: SaidChecks,
) -> TwilioDoor:
    def forget(queue_sid: str) -> None:
        built.background.start(lambda: built.rest.forget_queue(queue_sid), "forget_queue")

    return TwilioDoor(
        check=_signature_check(parts.settings),
        account_sid=parts.settings.twilio_account_sid,
        calls=calls,
        queue=QueueDoor(
            tenant=tenant.id,
            calls=calls,
            turns=QueueTurns(calls=calls, entering=built.entering, now=parts.now),
            answering=built.answering,
            asides=built.asides,
            forget=forget,
            place=built.place,
        ),
        callbacks=CallbackDoor(
            tenant=tenant.id,
            ringing=built.callbacks.ringing,
            placed=PlacedCalls(
                rows=stores.call_rows,
                calls=calls,
                talks=PlacedTalks(built.desk),
                kept=built.callbacks.kept,
                ref_of=of_the_call(call_ref_of(tenant)),
                now=parts.now,
            ),
            place=built.place,
        ),
        said=said,
        place=built.place,
    )


def _errands(
    parts: PhoneParts, identity: IdentitySide, stores: Stores, built: _Built
) -> ErrandDesk:
    check = IdentityCheck(
        opening=identity.opening,
        arriving=identity.arriving,
        watching=identity.watching,
        ending=identity.ending,
        messages=built.messages,
    )
    screen = OperatorScreen(entering=built.entering, now=parts.now)
    return ErrandDesk(
        now={
            errands.OpenPairing: OneCheckPerLine(
                stores.lines_in_check,
                lambda number: phone_hash(identity.tenant, number),
                check.open,
            ),
            errands.RedeemTicket: check.redeem,
            errands.ExtendPairing: check.extend,
            errands.ClosePairing: check.close,
            errands.ShowOperator: screen.show,
            errands.WithdrawScreen: screen.withdraw,
            errands.RegisterCallback: CallbackErrand(
                built.callbacks.book, may_ring_back, parts.now
            ),
        },
        later={errands.LookUp: LookUpErrand(parts.lookups)},
        carrier=built.rest,
        background=built.background,
        screens=screen,
    )


def _signature_check(settings: Settings) -> SignatureCheck:
    tokens = [settings.twilio_auth_token, settings.twilio_auth_token_next]
    return SignatureCheck(
        settings.public_base_url,
        Keys(
            auth_tokens=tuple(t.get_secret_value() for t in tokens if t is not None),
            shared_keys={k: v.get_secret_value() for k, v in settings.twilio_shared_keys.items()},
        ),
    )
