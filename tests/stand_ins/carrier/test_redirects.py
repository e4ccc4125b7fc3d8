"""A live call put on another document: which requests come, and which takes effect."""

from __future__ import annotations

import pytest

from tests.stand_ins.carrier.control import LINE, OPERATOR, SILENT_PHONE, Control, texts
from tests.stand_ins.carrier.rest import SDK_WARNS, rest_client

pytestmark = SDK_WARNS

GATHER = '<Gather timeout="600" action="/action"><Say>お待ちください</Say></Gather>'
DIAL = f'<Dial action="/action" timeout="600"><Number>{SILENT_PHONE}</Number></Dial>'
TALK = f'<Dial action="/action"><Number>{OPERATOR}</Number></Dial>'
QUEUE = '<Enqueue action="/action" waitUrl="/wait">redirected</Enqueue>'


async def redirect(carrier: Control, sid: str) -> None:
    async with rest_client(carrier) as rest:
        await rest.calls(sid).update_async(url=carrier.service.base + "/target?n=3", method="POST")


@pytest.mark.parametrize(
    ("document", "ready", "fault", "order", "effect"),
    [
        (GATHER, "お待ち", {}, ["/target"], "target"),
        (DIAL, "rings", {}, ["/action", "/target"], "target"),
        (TALK, "talks", {}, ["/action", "/target"], "target"),
        (QUEUE, "waits in", {}, ["/action", "/target"], "target"),
        (DIAL, "rings", {"order": "target_first"}, ["/target", "/action"], "action"),
        (QUEUE, "waits in", {"order": "target_first"}, ["/target", "/action"], "action"),
        (GATHER, "お待ち", {"order": "action_first"}, ["/action", "/target"], "target"),
        (GATHER, "お待ち", {"order": "target_first"}, ["/target", "/action"], "action"),
    ],
)
async def test_two_requests_race(
    carrier: Control,
    document: str,
    ready: str,
    fault: dict[str, str],
    order: list[str],
    effect: str,
) -> None:
    service = carrier.service
    service.on("/wait", "<Pause length='60'/>")
    service.on("/action", "<Say>action</Say>")
    service.on("/target", "<Say>target</Say>")
    sid = await carrier.call(document)
    await carrier.until(sid, lambda e: ready in e["text"])
    if fault:
        kind = "gather_action" if document == GATHER else "redirect_race"
        await carrier.fault(kind, call_sid=sid, **fault)
    await redirect(carrier, sid)
    timeline = await carrier.played(sid)
    asked = [r.path for r in service.received if r.path in ("/action", "/target")]
    assert asked == order
    assert texts(timeline, "say")[-1] == effect


async def test_the_interrupted_verb_says_how_it_ended(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", "<Pause length='60'/>")
    service.on("/action", "")
    service.on("/target", DIAL, "<Hangup/>")
    sid = await carrier.call(QUEUE)
    await service.got("/wait")
    await redirect(carrier, sid)
    left = (await service.got("/action")).form
    assert left["QueueResult"] == "redirected"
    await carrier.until(sid, lambda e: e["text"].startswith("rings"))
    await redirect(carrier, sid)
    dialled = (await service.got("/action", 2)).form
    assert dialled["DialCallStatus"] == "completed"
    assert service.of("/target")[0].query["n"] == "3"
    await carrier.played(sid)
    assert (await service.got("/target", 2)).form["CallSid"] == sid


async def test_a_talking_caller_is_redirected_away_from_the_operator(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", "<Pause length='60'/>")
    service.on("/action", "")
    service.on("/target", "<Say>確認できました</Say>")
    service.on("/operator", '<Dial action="/dialled"><Queue>redirected</Queue></Dial>')
    service.on("/dialled", "<Say>切れました</Say>")
    sid = await carrier.call(QUEUE)
    await service.got("/wait")
    async with rest_client(carrier) as rest:
        operator = await rest.calls.create_async(
            to=OPERATOR, from_=LINE, url=service.base + "/operator"
        )
    await carrier.kind(sid, "bridge", "talks")
    await redirect(carrier, sid)
    assert (await service.got("/action")).form["QueueResult"] == "redirected-from-bridged"
    assert (await service.got("/dialled")).form["DialCallStatus"] == "completed"
    assert texts(await carrier.played(sid), "say") == ["確認できました"]
    assert texts(await carrier.played(str(operator.sid)), "say") == ["切れました"]


async def test_a_redirect_keeps_to_its_times(carrier: Control) -> None:
    service = carrier.service
    service.on("/action", "")
    service.on("/target", "<Hangup/>")
    sid = await carrier.call(DIAL)
    await carrier.until(sid, lambda e: e["text"].startswith("rings"))
    await redirect(carrier, sid)
    timeline = await carrier.played(sid)
    asked = next(e["at"] for e in timeline if e["kind"] == "rest" and "goes on" in e["text"])
    target = next(e["at"] for e in timeline if e["kind"] == "webhook" and "/target" in e["text"])
    assert round(target - asked, 2) >= 0.65
