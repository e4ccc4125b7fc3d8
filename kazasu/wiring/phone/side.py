"""The phone side as one: flows, live calls, queues, and the carrier's door."""

from dataclasses import dataclass

from ivr.carriers.twilio.webhooks import TwilioDoor
from ivr.live_calls.background import Background
from ivr.live_calls.lost.lost_ends import LostEnds
from ivr.live_calls.lost.sweep import Sweep
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.operator_checks.starting import OperatorChecks
from ivr.live_calls.pairing_news import NewsOfPairings
from ivr.live_calls.screen_pop import ScreenPop
from ivr.live_calls.service import LiveCalls
from ivr.queues.answering import Answering
from ivr.queues.offering import Offering
from ivr.queues.presence import PresenceChoices
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.calls import build_live_calls
from kazasu.wiring.phone.carrier import build_carrier, build_door
from kazasu.wiring.phone.operators import build_operators
from kazasu.wiring.phone.parts import PhoneParts
from kazasu.wiring.phone.queues import Callbacks, build_queues
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSide:
    calls: LiveCalls
    news: NewsOfPairings
    offering: Offering
    answering: Answering
    presence: PresenceChoices
    callbacks: Callbacks
    checks: OperatorChecks
    said: SaidChecks
    pop: ScreenPop
    sweep: Sweep
    lost_ends: LostEnds
    door: TwilioDoor
    background: Background


def build_phone_side(parts: PhoneParts, identity: IdentitySide, stores: Stores) -> PhoneSide:
    tenant, now = identity.tenant, parts.now
    carrier = build_carrier(parts, stores)
    queues = build_queues(parts, identity, stores, carrier.rest)
    news = NewsOfPairings(tenant=tenant.id, watching=identity.watching, ending=identity.ending)
    calls = build_live_calls(parts, identity, stores, news, carrier, queues)
    operators = build_operators(parts, identity, stores, calls, carrier, queues)
    return PhoneSide(
        calls=calls,
        news=news,
        offering=queues.offering,
        answering=queues.answering,
        presence=queues.presence,
        callbacks=queues.callbacks,
        checks=operators.checks,
        said=operators.said,
        pop=operators.pop,
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
            carrier=carrier.rest,
            calls=calls,
            now=now,
        ),
        door=build_door(parts, tenant, stores, calls, carrier, queues, operators.said),
        background=carrier.background,
    )
