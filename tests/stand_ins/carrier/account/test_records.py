"""What stays of a call when its timeline is forgotten."""

from stand_ins.carrier import exchange as kept
from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.clock import Pace
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.faults import Faults
from stand_ins.carrier.rest.calls import CallResources
from stand_ins.carrier.settings import Credentials
from stand_ins.carrier.webhooks.delivery import Delivery
from stand_ins.carrier.webhooks.sender import Sender
from stand_ins.carrier.webhooks.signer import Signer
from tests.stand_ins.carrier.control import ACCOUNT, CALLER, LINE


def an_exchange() -> Exchange:
    pace, faults = Pace(), Faults()
    return Exchange(
        credentials=Credentials(account_sid=ACCOUNT, auth_token="t"),
        pace=pace,
        faults=faults,
        delivery=Delivery(Sender(Signer("t")), faults, pace),
    )


def a_call(exchange: Exchange, status: str = "completed") -> Call:
    call = exchange.new_call(from_number=CALLER, to_number=LINE, direction="inbound")
    call.timeline.add("status", "ringing")
    if status != "ringing":
        call.mark_ended(status)
    return call


async def test_rest_knows_how_a_call_ended_long_after_its_timeline_is_gone() -> None:
    exchange = an_exchange()
    live, old = a_call(exchange, "ringing"), a_call(exchange)
    for _ in range(kept.MOST_CALLS):
        a_call(exchange)
    assert live.sid in exchange.calls
    assert old.sid not in exchange.calls
    assert old.timeline.entries == []
    shape, status = await CallResources(exchange).fetch(old.sid)
    assert (shape["status"], status) == ("completed", 200)
    await exchange.delivery.close()
