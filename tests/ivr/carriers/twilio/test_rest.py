"""Commands to the carrier over real HTTP, and what goes wrong with them (faults F12 to F14)."""

from typing import Any, Final

import httpx2
import pytest

from ivr.carriers.twilio import rest as commands
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.live_calls.ports import CallGone, CarrierTrouble, TakenOver
from tests.stand_ins.carrier.control import ACCOUNT, CALLER, LINE, OPERATOR, Control
from tests.stand_ins.carrier.service import AUTH_TOKEN

HOLD = '<Gather timeout="600" action="/keyed"><Say>お待ちください</Say></Gather>'
TURN = "/carriers/twilio/turn"
CALL: Final = "CA" + "0" * 32


async def held(carrier: Control) -> str:
    """A live call inside a question, whose current document will be asked anew."""
    carrier.service.on(TURN, "<Say>次です</Say><Pause length='600'/>")
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    return sid


async def calls(carrier: Control) -> int:
    return len((await carrier.send("GET", "/calls"))["calls"])


async def test_a_redirect_asks_for_the_document_on_the_line(
    carrier: Control, rest: TwilioRest
) -> None:
    sid = await held(carrier)
    await rest.fetch_again(sid, n=3)
    await carrier.kind(sid, "say", "次です")
    (asked,) = carrier.service.of(TURN)
    assert (asked.method, dict(asked.query)) == ("POST", {"n": "3", "resumed": "1"})
    assert (asked.form["CallSid"], asked.signed) == (sid, True)


async def test_nobody_is_taken_from_a_person_whom_the_fallback_rang(
    carrier: Control, rest: TwilioRest
) -> None:
    carrier.service.on(TURN, "<Say>次です</Say>")
    sid = await carrier.call(f"<Dial><Number>{OPERATOR}</Number></Dial>")
    await carrier.kind(sid, "bridge")
    with pytest.raises(TakenOver):
        await rest.fetch_again(sid, n=3)
    await carrier.kind(sid, "bridge", "talks")
    with pytest.raises(TakenOver):
        await rest.fetch_again(sid, n=3)
    assert carrier.service.of(TURN) == []


async def test_a_call_whose_fallback_rang_in_vain_is_ours_again(
    carrier: Control, rest: TwilioRest
) -> None:
    await carrier.send("PUT", f"/phones/{OPERATOR}", auto_answer=None)
    carrier.service.on(TURN, "<Say>次です</Say><Pause length='600'/>")
    documents = f'<Dial timeout="5"><Number>{OPERATOR}</Number></Dial>{HOLD}'
    sid = await carrier.call(documents)
    await carrier.kind(sid, "listen")
    await rest.fetch_again(sid, n=3)
    await carrier.kind(sid, "say", "次です")


@pytest.mark.parametrize("asked", ["Calls.json", "Calls/"])
@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20001)])
async def test_busy_or_failing_is_tried_again(
    carrier: Control, rest: TwilioRest, status: int, code: int, asked: str
) -> None:
    sid = await held(carrier)
    await carrier.fault("rest_error", status=status, code=code, times=2, path=asked)
    await rest.fetch_again(sid, n=3)
    await carrier.kind(sid, "say", "次です")
    assert len(carrier.service.of(TURN)) == 1


async def test_acted_and_dropped_is_not_done_again(carrier: Control, rest: TwilioRest) -> None:
    """A second push would take the caller out of what the first one led to."""
    sid = await held(carrier)
    await carrier.fault("rest_drop", path="Calls/")
    with pytest.raises(CarrierTrouble):
        await rest.fetch_again(sid, n=3)
    await carrier.kind(sid, "say", "次です")
    assert len(carrier.service.of(TURN)) == 1


async def test_no_push_where_nobody_can_tell_who_has_the_call(
    carrier: Control, rest: TwilioRest
) -> None:
    sid = await held(carrier)
    await carrier.fault("rest_error", status=400, code=20001, path="Calls.json")
    with pytest.raises(CarrierTrouble):
        await rest.fetch_again(sid, n=3)
    assert carrier.service.of(TURN) == []


async def test_a_hang_up_whose_answer_is_lost_is_done_again(
    carrier: Control, rest: TwilioRest
) -> None:
    sid = await held(carrier)
    await carrier.fault("rest_drop")
    with pytest.raises(CallGone):  # the first one did it
        await rest.hang_up(sid)
    await carrier.kind(sid, "end")


async def test_a_caller_who_has_left(carrier: Control, rest: TwilioRest) -> None:
    sid = await held(carrier)
    await carrier.hang_up(sid)
    await carrier.kind(sid, "end")
    with pytest.raises(CallGone):
        await rest.fetch_again(sid, n=3)
    with pytest.raises(CallGone):
        await rest.hang_up("CA" + "0" * 32)
    assert carrier.service.of(TURN) == []


async def test_refused_is_not_tried_again(carrier: Control, rest: TwilioRest) -> None:
    sid = await held(carrier)
    await carrier.fault("rest_error", status=401, code=20003)
    with pytest.raises(CarrierTrouble):
        await rest.fetch_again(sid, n=3)
    await rest.fetch_again(sid, n=3)


@pytest.mark.parametrize("fault", ["rest_delay", "rest_error"])
async def test_a_hang_or_a_long_outage_is_given_up(
    carrier: Control, rest: TwilioRest, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.carriers.twilio.sdk._ONE_TRY", 0.1)
    monkeypatch.setattr("ivr.carriers.twilio.rest._PUSH_WITHIN", 0.5)
    sid = await held(carrier)
    await carrier.fault(fault, times=0, seconds=2, status=503, code=20500)
    with pytest.raises(CarrierTrouble):
        await rest.fetch_again(sid, n=3)


async def test_an_operator_is_rung(carrier: Control, rest: TwilioRest) -> None:
    carrier.service.on("/carriers/twilio/operator", "<Say>お客様です</Say>")
    carrier.service.on("/carriers/twilio/operator-status", "")
    leg = await rest.ring_operator(OPERATOR, token="tok-1", dialled=LINE)
    await carrier.kind(leg, "say", "お客様です")
    await carrier.service.got("/carriers/twilio/operator-status", 1)
    (told,) = carrier.service.of("/carriers/twilio/operator-status")
    assert (dict(told.query), told.form["CallSid"]) == ({"token": "tok-1"}, leg)


async def test_a_ring_that_was_not_processed_is_tried_again(
    carrier: Control, rest: TwilioRest
) -> None:
    carrier.service.on("/carriers/twilio/operator", "<Say>お客様です</Say>")
    carrier.service.on("/carriers/twilio/operator-status", "")
    before = await calls(carrier)
    await carrier.fault("rest_error", status=429, code=20429, times=2)
    leg = await rest.ring_operator(OPERATOR, token="tok-1", dialled=LINE)
    await carrier.kind(leg, "end")
    assert await calls(carrier) == before + 1


@pytest.mark.parametrize("fault", ["rest_drop", "rest_error"])
async def test_a_ring_that_may_have_happened_never_happens_twice(
    carrier: Control, rest: TwilioRest, fault: str
) -> None:
    carrier.service.on("/carriers/twilio/operator", "<Hangup/>")
    carrier.service.on("/carriers/twilio/operator-status", "")
    before = await calls(carrier)
    await carrier.fault(fault, status=500, code=20500)
    with pytest.raises(CarrierTrouble):
        await rest.ring_operator(OPERATOR, token="tok-1", dialled=LINE)
    assert await calls(carrier) - before == (1 if fault == "rest_drop" else 0)


async def test_a_queue_that_is_gone_already_is_forgotten(rest: TwilioRest) -> None:
    await rest.forget_queue("QU" + "0" * 32)


async def test_hanging_up(carrier: Control, rest: TwilioRest) -> None:
    sid = await held(carrier)
    await rest.hang_up(sid)
    await carrier.kind(sid, "end")


async def test_whether_a_call_is_over(carrier: Control, rest: TwilioRest) -> None:
    sid = await held(carrier)
    assert not await rest.is_over(sid)
    await carrier.send("POST", f"/calls/{sid}/hang-up")
    await carrier.kind(sid, "end")
    assert await rest.is_over(sid)
    assert not await rest.is_over("CA" + "0" * 32)  # nor is it trouble


@pytest.mark.parametrize("body", [b"<html>502</html>", b"", b"[]", b"{"])
@pytest.mark.parametrize("status", [200, 302, 400, 502])
async def test_odd_answers_are_trouble_and_nothing_else(
    status: int, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An intermediary's page in place of the API's JSON."""
    monkeypatch.setattr("ivr.carriers.twilio.rest._GIVE_UP_AFTER", 0.05)
    wire = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    async with httpx2.AsyncClient(transport=wire) as http:
        rest = made(http)
        with pytest.raises(CarrierTrouble):
            await rest.ring_operator(OPERATOR, token="tok-1", dialled=LINE)


async def test_the_environment_does_not_move_our_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        return httpx2.Response(200, json={"sid": "CA" + "1" * 32})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        await made(http).hang_up("CA" + "1" * 32)
    assert asked == ["api.twilio.com"]


def made(http: httpx2.AsyncClient) -> TwilioRest:
    return TwilioRest(
        account_sid=ACCOUNT,
        auth_token=AUTH_TOKEN,
        api_base="https://api.twilio.com",
        documents=DocumentSettings(public_base="https://ivr.example.jp"),
        http=http,
        chance=lambda: 0.0,
    )


async def test_a_text_message_leaves_once(carrier: Control, rest: TwilioRest) -> None:
    sid = await rest.send_message(CALLER, "本人確認 https://x/l#t", sender="KAZASU")
    sent = (await carrier.http.get("/messages", params={"to": CALLER})).json()["messages"][-1]
    assert (sent["sid"], sent["from"], sent["body"]) == (sid, "KAZASU", "本人確認 https://x/l#t")
    assert sent["not_simulated"] == []


@pytest.mark.parametrize("number", [LINE, "+14155550123", "+81120444113", "anonymous", ""])
async def test_only_japanese_mobiles_are_sent_messages(
    carrier: Control, rest: TwilioRest, number: str
) -> None:
    with pytest.raises(CarrierTrouble):
        await rest.send_message(number, "x", sender="KAZASU")
    answer = await carrier.http.get("/messages", params={"to": number or "none"})
    assert answer.json()["messages"] == []


async def test_a_message_that_may_have_left_is_not_sent_again(
    carrier: Control, rest: TwilioRest
) -> None:
    to = "+819011110001"
    await carrier.fault("rest_drop", path="/Messages", times=0)
    with pytest.raises(CarrierTrouble):
        await rest.send_message(to, "x", sender="KAZASU")
    assert len((await carrier.http.get("/messages", params={"to": to})).json()["messages"]) == 1


async def test_an_operators_phone_is_rung_for_a_call_back(
    carrier: Control, rest: TwilioRest
) -> None:
    carrier.service.on("/carriers/twilio/callback", "<Hangup/>")
    carrier.service.on("/carriers/twilio/callback-status", "")
    leg = await rest.ring_back(OPERATOR, callback="cb-1", dialled=LINE)
    asked = await carrier.service.got("/carriers/twilio/callback")
    assert (asked.form["CallSid"], dict(asked.query)) == (leg, {"id": "cb-1"})
    over = await carrier.service.got("/carriers/twilio/callback-status")
    assert (over.form["CallStatus"], dict(over.query)) == ("completed", {"id": "cb-1"})


async def test_what_could_not_be_loaded_is_loaded_by_the_next_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Out of file descriptors for a moment is not out of commands until the next start."""
    whole, tries = commands._sdk_client, list[int]()

    def loaded(**given: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(24, "Too many open files")
        return whole(**given)

    monkeypatch.setattr(commands, "_sdk_client", loaded)
    answers = httpx2.MockTransport(
        lambda _: httpx2.Response(200, json={"sid": CALL, "status": "completed"})
    )
    async with httpx2.AsyncClient(transport=answers) as http:
        rest = made(http)
        with pytest.raises(CarrierTrouble):
            await rest.is_over(CALL)
        assert await rest.is_over(CALL)
