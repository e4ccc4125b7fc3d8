"""Live calls: what is kept of them, and what the engine asks to be done."""

from identity.contract_holders.hashes import phone_hash
from identity.tenants.model import Tenant
from ivr.carriers.destinations import may_ring_back
from ivr.flow_engine import errands
from ivr.live_calls.arrival_limits import ArrivalLimits, CallLimits
from ivr.live_calls.errands.callback import CallbackErrand
from ivr.live_calls.errands.identity_check import IdentityCheck
from ivr.live_calls.errands.look_up import LookUpErrand
from ivr.live_calls.errands.one_check_per_line import OneCheckPerLine
from ivr.live_calls.errands.operator_screen import OperatorScreen
from ivr.live_calls.errands.table import ErrandTable
from ivr.live_calls.pairing_news import NewsOfPairings
from ivr.live_calls.service import CallStores, LiveCalls
from kazasu.settings.model import Settings
from kazasu.wiring.correlation import of_the_call
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.carrier import Carrier
from kazasu.wiring.phone.parts import PhoneParts, call_ref_of
from kazasu.wiring.phone.queues import Queues
from kazasu.wiring.stores import Stores


def build_live_calls(
    parts: PhoneParts,
    identity: IdentitySide,
    stores: Stores,
    news: NewsOfPairings,
    carrier: Carrier,
    queues: Queues,
) -> LiveCalls:
    tenant = identity.tenant
    return LiveCalls(
        stores=CallStores(
            tenant=tenant.id,
            ref_of=of_the_call(call_ref_of(tenant)),
            rows=stores.call_rows,
            sessions=stores.sessions,
            arrivals=_arrivals(parts.settings, tenant, stores),
            logs=stores.call_logs,
        ),
        library=parts.library,
        errands=_errands(parts, identity, stores, carrier, queues),
        news=news,
        now=parts.now,
        trace=parts.trace,
    )


def _arrivals(settings: Settings, tenant: Tenant, stores: Stores) -> ArrivalLimits:
    limits = CallLimits(per_number=settings.calls_per_number, per_minute=settings.calls_per_minute)
    return ArrivalLimits(stores.counters, limits, lambda number: phone_hash(tenant, number).hex())


def _errands(
    parts: PhoneParts, identity: IdentitySide, stores: Stores, carrier: Carrier, queues: Queues
) -> ErrandTable:
    check = IdentityCheck(
        opening=identity.opening,
        arriving=identity.arriving,
        watching=identity.watching,
        ending=identity.ending,
        messages=carrier.messages,
    )
    screen = OperatorScreen(entering=queues.entering, now=parts.now)
    return ErrandTable(
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
                queues.callbacks.book, may_ring_back, parts.now
            ),
        },
        later={errands.LookUp: LookUpErrand(parts.lookups)},
        carrier=carrier.rest,
        background=carrier.background,
        screens=screen,
    )
