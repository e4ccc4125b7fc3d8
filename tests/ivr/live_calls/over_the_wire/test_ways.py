"""Further ways to pair, and calls we place, over the simulated carrier: real HTTP on both sides."""

import asyncio
from datetime import UTC, datetime
from time import monotonic

import pytest

from door_frame.staff import StaffAccount
from ivr.queues.model import Callback, CallbackState, Presence
from ivr.queues.ringing_back import Rung
from kazasu.wiring.service import Service
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.over_the_wire.talk import Talk, quiet
from tests.stand_ins.carrier.control import CALLER, LINE, OPERATOR, Control, texts

NOBODY = "+819033334444"


async def test_a_link_by_text_message(talk: Talk) -> None:
    await talk.says("担当者はゼロ")
    await talk.presses("1")
    await talk.says("くり返します")
    await talk.presses("2")
    await talk.says("メッセージ")
    answer = await talk.carrier.http.get("/messages", params={"to": CALLER})
    sent = answer.json()["messages"][-1]
    assert (sent["from"], sent["segments"]) == ("KAZASU", 1)
    base = talk.stage.phone.door._documents.public_base
    place, _, token = sent["body"].rpartition("#")
    assert place.endswith(f"{base}/l")
    app = App(stage=talk.stage)  # type: ignore[arg-type]  # what it needs, the service has too
    asked = await app.confirms(await app.claims(talk, token))  # type: ignore[arg-type]  # see above
    await talk.says("選んでください")
    await app.proves(await app.chooses(talk, asked))  # type: ignore[arg-type]  # see above
    await talk.says("確認できました")
    quiet(await talk.over())


async def test_a_ticket_behind_the_number(service: Service, carrier: Control) -> None:
    """The handset sends it after the answer; the caller is known while the greeting is spoken."""
    app = App(stage=service)  # type: ignore[arg-type]  # see above
    view = await app.dials()
    dialled = monotonic()
    sid = await carrier.call(post_dial=f",,{view.ticket}")
    talk = Talk(stage=service, carrier=carrier, sid=sid)
    await carrier.kind(sid, "status", "answered")
    connected = monotonic()
    await carrier.kind(sid, "webhook", "turn")
    now = monotonic()
    await app.reports(view.pairing, begun_ago=now - dialled, connected_ago=now - connected)
    await talk.says("確認できました")
    assert texts(await talk.over(), "key") == list(view.ticket)


async def an_operator(service: Service) -> None:
    account = StaffAccount(
        tenant=service.identity.tenant.id,
        id="op-1",
        login="op",
        name="Operator",
        password_hash="$argon2id$",  # nobody signs in by it
        phone=OPERATOR,
        queues=("general",),
    )
    assert await service.stores.staff.add(account)
    await service.phone.presence.choose(account.tenant, account.id, Presence.AVAILABLE)


async def a_callback(service: Service, number: str) -> Callback:
    now = datetime.now(UTC)
    wanted = Callback(
        tenant=service.identity.tenant.id,
        id=f"cb-{number[1:]}",
        call_ref="call-before",
        queue="general",
        number=number,
        dialled=LINE,
        since=now,
        due_at=now,
        keep_result=1800,
    )
    book = service.phone.callbacks.book
    assert (await book.register(wanted)).on_the_list
    assert await book.claim(wanted.tenant, "op-1", wanted.id)
    return wanted


async def ring(service: Service, one: Callback, carrier: Control) -> str:
    """The operator's leg."""
    before = {c["call_sid"] for c in (await carrier.send("GET", "/calls"))["calls"]}
    assert await service.phone.callbacks.ringing.ring(one.tenant, "op-1", one.id) is Rung.RINGING
    made = [c for c in (await carrier.send("GET", "/calls"))["calls"] if c["to"] == OPERATOR]
    return str(next(c["call_sid"] for c in made if c["call_sid"] not in before))


async def state(service: Service, one: Callback) -> Callback:
    found = await service.stores.callbacks.by_id(one.tenant, one.id)
    assert found is not None
    return found


async def presence(service: Service, one: Callback) -> Presence:
    known = await service.stores.operators.by_id(one.tenant, "op-1")
    assert known is not None
    return known.presence


async def available_again(service: Service, one: Callback) -> None:
    """The last thing that an ended call brings about; the carrier does not wait for it."""
    async with asyncio.timeout(30):
        while await presence(service, one) is not Presence.AVAILABLE:  # noqa: ASYNC110  # told by nobody
            await asyncio.sleep(0.02)


async def test_a_call_we_place(service: Service, carrier: Control) -> None:
    await an_operator(service)
    await carrier.send("PUT", f"/phones/{CALLER}", auto_answer=1)
    one = await a_callback(service, CALLER)
    leg = await ring(service, one, carrier)
    customer = await carrier.child_of(leg)
    await carrier.kind(customer, "bridge", "talks with")
    shown = (await carrier.http.get(f"/calls/{customer}")).json()
    assert (shown["from"], shown["to"]) == (LINE, CALLER)
    assert (await state(service, one)).state is CallbackState.TALKING
    assert await presence(service, one) is Presence.ON_CALL
    (talk,) = await service.stores.waiting.open(one.tenant)
    pop = await service.phone.pop.by_token(one.tenant, talk.token)
    assert pop is not None
    assert (pop.badge, pop.direction, pop.offered_to) == ("grey", "business", "op-1")
    await carrier.hang_up(customer)
    played = await carrier.played(leg)
    await available_again(service, one)
    assert not await service.stores.waiting.open(one.tenant)
    done = await state(service, one)
    assert (done.state, done.last_outcome) == (CallbackState.DONE, "reached")
    assert texts(played, "error") + texts(played, "not_simulated") == []


async def test_nobody_answers_the_call_we_place(service: Service, carrier: Control) -> None:
    await an_operator(service)
    await carrier.send("PUT", f"/phones/{NOBODY}", auto_answer=None)
    one = await a_callback(service, NOBODY)
    leg = await ring(service, one, carrier)
    played = await carrier.played(leg)
    assert "お出になりませんでした" in "".join(texts(played, "say"))
    await available_again(service, one)
    kept = await state(service, one)
    assert (kept.state, kept.tries, kept.last_outcome) == (CallbackState.WAITING, 1, "no_answer")


async def test_the_operator_hangs_up_before_the_customer_answers(
    service: Service, carrier: Control
) -> None:
    await an_operator(service)
    await carrier.send("PUT", f"/phones/{NOBODY}", auto_answer=None)
    one = await a_callback(service, NOBODY)
    leg = await ring(service, one, carrier)
    customer = await carrier.child_of(leg)
    await carrier.kind(customer, "status", "ringing")
    await carrier.hang_up(leg)
    await carrier.kind(customer, "end")
    await available_again(service, one)
    kept = await state(service, one)
    assert (kept.state, kept.claimed_by, kept.tries) == (CallbackState.CLAIMED, "op-1", 0)


@pytest.mark.parametrize(
    "number", ["+815011112222", "+14155550123", "+81120444113", "+81570000111"]
)
async def test_only_landlines_and_mobiles_are_rung(
    service: Service, carrier: Control, number: str
) -> None:
    """Whoever put it on the list: the rule stands at the carrier's door too."""
    await an_operator(service)
    one = await a_callback(service, number)
    leg = await ring(service, one, carrier)
    played = await carrier.played(leg)
    assert [e for e in played if e["text"].startswith("rings ")] == []
    assert (await state(service, one)).last_outcome == "failed"
