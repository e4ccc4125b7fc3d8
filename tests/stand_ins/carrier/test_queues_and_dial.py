"""Two calls at once: queue and operator, dialled telephones, and who hears what."""

from __future__ import annotations

import pytest

from tests.stand_ins.carrier.control import LINE, OPERATOR, SILENT_PHONE, Control, texts
from tests.stand_ins.carrier.rest import SDK_WARNS, rest_client

pytestmark = SDK_WARNS

WAIT = "<Say>お待ちください</Say><Pause length='2'/>"
FETCH = '<Dial action="/dialled"><Queue url="/about">{}</Queue></Dial>'


def enqueue(queue: str) -> str:
    return f'<Enqueue action="/left" waitUrl="/wait">{queue}</Enqueue><Say>その後</Say>'


async def test_the_operator_takes_the_caller_out_of_the_queue(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", WAIT)
    service.on("/about", "<Say>おつなぎします</Say>")
    service.on("/left", "<Say>終わり</Say>")
    service.on("/operator", "<Say>来ます</Say>" + FETCH.format("main"))
    service.on("/dialled", "<Hangup/>")
    caller = await carrier.call(enqueue("main"))
    waiting = (await service.got("/wait", 2)).form
    assert int(waiting["QueueTime"]) >= 3
    assert (waiting["QueuePosition"], waiting["CurrentQueueSize"]) == ("1", "1")
    assert waiting["QueueSid"].startswith("QU")
    assert "AvgQueueTime" in waiting
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=OPERATOR, from_=LINE, url=service.base + "/operator", method="POST"
        )
    await carrier.kind(str(made.sid), "bridge", caller)
    about = (await service.got("/about")).form
    assert (about["CallSid"], about["DequeingCallSid"]) == (caller, made.sid)
    assert not service.of("/left")
    await carrier.hang_up(str(made.sid))
    left = (await service.got("/left")).form
    assert (left["QueueResult"], left["CallSid"]) == ("bridged", caller)
    timeline = await carrier.played(caller)
    assert texts(timeline, "say")[-2:] == ["おつなぎします", "終わり"]
    assert "talk" in texts(timeline, "heard")
    dialled = (await service.got("/dialled")).form
    assert dialled["DialCallStatus"] == "completed"


async def test_the_caller_leaves_and_the_operator_is_told(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", WAIT)
    service.on("/about", "")
    service.on("/left", "")
    service.on("/operator", FETCH.format("second"))
    service.on("/dialled", "<Hangup/>")
    caller = await carrier.call(enqueue("second"))
    await service.got("/wait")
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=OPERATOR, from_=LINE, url=service.base + "/operator"
        )
    await carrier.kind(str(made.sid), "bridge", caller)
    await carrier.hang_up(caller)
    dialled = (await service.got("/dialled")).form
    assert (dialled["DialCallStatus"], dialled["DialCallSid"]) == ("completed", caller)
    assert (await service.got("/left")).form["QueueResult"] == "bridged"
    await carrier.played(str(made.sid))


async def test_a_hang_up_in_the_queue_still_asks_the_action(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", WAIT)
    service.on("/left", "<Say>nobody hears this</Say>")
    sid = await carrier.call(enqueue("third"))
    await service.got("/wait")
    await carrier.hang_up(sid)
    left = (await service.got("/left")).form
    assert (left["QueueResult"], left["CallStatus"]) == ("hangup", "completed")
    assert "nobody hears this" not in texts(await carrier.played(sid), "say")


@pytest.mark.parametrize(
    ("wait", "result", "then"),
    [
        ("<Leave/>", "leave", ["左"]),
        (
            "<Say>a</Say><Gather timeout='1' action='/go' actionOnEmptyResult='true'/>",
            "leave",
            ["左"],
        ),
    ],
)
async def test_leave_goes_on_behind_the_queue(
    carrier: Control, wait: str, result: str, then: list[str]
) -> None:
    service = carrier.service
    service.on("/wait", wait)
    service.on("/go", "<Leave/>")
    service.on("/left", "<Say>左</Say>")
    timeline = await carrier.played(await carrier.call(enqueue("fourth")))
    assert service.of("/left")[0].form["QueueResult"] == result
    assert texts(timeline, "say")[-1:] == then
    for asked in service.of("/go"):
        assert asked.form["QueuePosition"] == "1"


async def test_without_an_action_the_next_verb_follows_leave(carrier: Control) -> None:
    carrier.service.on("/wait", "<Leave/>")
    sid = await carrier.call('<Enqueue waitUrl="/wait">fifth</Enqueue><Say>その後</Say>')
    assert texts(await carrier.played(sid), "say") == ["その後"]


async def test_hang_up_in_the_wait_document_ends_the_call(carrier: Control) -> None:
    carrier.service.on("/wait", "<Hangup/>")
    carrier.service.on("/left", "")
    timeline = await carrier.played(await carrier.call(enqueue("sixth")))
    assert carrier.service.of("/left")[0].form["QueueResult"] == "hangup"
    assert texts(timeline, "say") == []


async def test_without_a_wait_url_there_is_music(carrier: Control) -> None:
    sid = await carrier.call("<Enqueue>seventh</Enqueue>")
    await carrier.kind(sid, "queue")
    await carrier.hang_up(sid)
    assert texts(await carrier.played(sid), "heard") == ["music"]


async def test_a_broken_wait_document_is_an_error_and_music(carrier: Control) -> None:
    sid = await carrier.call(enqueue("eighth"))
    await carrier.kind(sid, "queue", "music instead")
    assert (await carrier.kind(sid, "error"))["code"] == 11217
    carrier.service.on("/left", "")
    await carrier.hang_up(sid)
    await carrier.service.got("/left")


async def test_dialling_a_queue_that_nobody_joins_times_out(carrier: Control) -> None:
    carrier.service.on("/wait", "<Leave/>")
    carrier.service.on("/dialled", "<Hangup/>")
    await carrier.played(await carrier.call('<Enqueue waitUrl="/wait">ninth</Enqueue>'))
    sid = await carrier.call('<Dial timeout="3" action="/dialled"><Queue>ninth</Queue></Dial>')
    await carrier.played(sid)
    assert carrier.service.of("/dialled")[0].form["DialCallStatus"] == "no-answer"


async def test_a_dialled_telephone_hears_its_whisper_and_talks(carrier: Control) -> None:
    service = carrier.service
    service.on("/whisper", "<Say>お客様です</Say>")
    service.on("/dialled", "<Say>終わり</Say>")
    dial = f'<Dial action="/dialled"><Number url="/whisper">{OPERATOR}</Number></Dial>'
    sid = await carrier.call(dial)
    leg = await carrier.child_of(sid)
    await carrier.kind(sid, "bridge", "talks")
    whisper = service.of("/whisper")[0].form
    assert (whisper["CallSid"], whisper["ParentCallSid"]) == (leg, sid)
    assert whisper["Direction"] == "outbound-dial"
    await carrier.hang_up(leg)
    dialled = (await service.got("/dialled")).form
    assert (dialled["DialCallStatus"], dialled["DialCallSid"]) == ("completed", leg)
    assert texts(await carrier.played(sid), "say") == ["終わり"]
    assert texts(await carrier.played(leg), "say") == ["お客様です"]
    assert texts(await carrier.played(sid), "heard")[:2] == ["ring", "talk"]


@pytest.mark.parametrize(
    ("number", "decide", "status"),
    [
        (SILENT_PHONE, "", "no-answer"),
        (SILENT_PHONE, "decline", "busy"),
        ("+819099999999", "", "failed"),
    ],
)
async def test_a_dial_that_comes_to_nothing_says_why(
    carrier: Control, number: str, decide: str, status: str
) -> None:
    carrier.service.on("/dialled", "<Say>だめでした</Say>")
    timeout = 60 if decide else 5
    sid = await carrier.call(f'<Dial action="/dialled" timeout="{timeout}">{number}</Dial>')
    if decide:
        await carrier.kind(await carrier.child_of(sid), "status", "ringing")
        await carrier.send("POST", f"/phones/{number}/{decide}")
    timeline = await carrier.played(sid)
    assert carrier.service.of("/dialled")[0].form["DialCallStatus"] == status
    assert texts(timeline, "say") == ["だめでした"]


async def test_a_caller_who_hangs_up_stops_the_ringing(carrier: Control) -> None:
    carrier.service.on("/dialled", "")
    sid = await carrier.call(f'<Dial action="/dialled" timeout="600">{SILENT_PHONE}</Dial>')
    leg = await carrier.child_of(sid)
    await carrier.kind(leg, "status", "ringing")
    await carrier.hang_up(sid)
    timeline = await carrier.played(leg)
    assert next(e for e in timeline if e["kind"] == "end")["status"] == "canceled"
    assert (await carrier.service.got("/dialled")).form["CallStatus"] == "completed"


async def test_a_desk_with_two_lines_talks_with_two_callers_and_is_busy_for_a_third(
    carrier: Control,
) -> None:
    desk = "+815077778888"
    await carrier.send("PUT", f"/phones/{desk}", auto_answer=1, lines=2)
    carrier.service.on("/voice", f'<Dial action="/dialled">{desk}</Dial>')
    carrier.service.on("/dialled", "<Say>終わり</Say>")
    sids = []
    for caller in ("+819012340001", "+819012340002"):
        made = await carrier.send("POST", f"/phones/{caller}/call", to=LINE)
        sids.append(str(made["call_sid"]))
        await carrier.kind(sids[-1], "bridge", "talks")
    third = await carrier.send("POST", "/phones/+819012340003/call", to=LINE)
    await carrier.played(third["call_sid"])
    assert (await carrier.service.got("/dialled")).form["DialCallStatus"] == "busy"
    await carrier.hang_up(sids[0])
    await carrier.played(await carrier.child_of(sids[0]))
    again = await carrier.send("POST", "/phones/+819012340001/call", to=LINE)
    await carrier.kind(again["call_sid"], "bridge", "talks")
    for sid in (sids[1], again["call_sid"]):
        await carrier.hang_up(sid)
        await carrier.played(await carrier.child_of(sid))
