"""The carrier's own SDK works against the stand-in."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from twilio.base.exceptions import (
    TwilioRestException,
)

from tests.stand_ins.carrier.control import ACCOUNT, LINE, OPERATOR, SILENT_PHONE, Control, texts
from tests.stand_ins.carrier.rest import SDK_WARNS, rest_client

pytestmark = SDK_WARNS

HOLD = '<Gather timeout="600" action="/keyed"><Say>お待ちください</Say></Gather>'


async def test_a_created_call_rings_and_plays_its_document(carrier: Control) -> None:
    service = carrier.service
    service.on("/operator", "<Say>お客様です</Say>")
    status = service.on("/status", "")
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=OPERATOR,
            from_=LINE,
            url=service.base + "/operator",
            status_callback=status,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            timeout=60,
        )
        assert (made.status, made.direction, made._from) == ("queued", "outbound-api", LINE)
        assert texts(await carrier.played(made.sid), "say") == ["お客様です"]
        await service.got("/status", 4)
        over = await rest.calls(made.sid).fetch_async()
    assert over.status == "completed"
    assert int(over.duration) >= 1
    assert over.start_time <= over.end_time
    told = [r.form for r in service.of("/status")]
    assert [t["CallStatus"] for t in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [t["SequenceNumber"] for t in told] == ["0", "1", "2", "3"]
    assert int(told[-1]["CallDuration"]) >= 1


async def test_a_call_nobody_answers(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=SILENT_PHONE, from_=LINE, twiml="<Response/>", timeout=5
        )
        await carrier.played(made.sid)
        assert (await rest.calls(made.sid).fetch_async()).status == "no-answer"


async def test_given_twiml_takes_absolute_addresses_only(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=OPERATOR, from_=LINE, twiml="<Response><Redirect>/x</Redirect></Response>"
        )
        timeline = await carrier.played(made.sid)
    assert [e["code"] for e in timeline if e["kind"] == "error"] == [15004]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"to": "", "from_": LINE, "url": "http://127.0.0.1/"}, 21201),
        ({"to": "0312345678", "from_": LINE, "url": "http://127.0.0.1/"}, 21211),
        ({"to": OPERATOR, "from_": "", "url": "http://127.0.0.1/"}, 21213),
        ({"to": OPERATOR, "from_": OPERATOR, "url": "http://127.0.0.1/"}, 21210),
        ({"to": OPERATOR, "from_": LINE}, 21205),
        ({"to": OPERATOR, "from_": LINE, "url": "/relative"}, 21205),
        ({"to": OPERATOR, "from_": LINE, "url": "http://a/", "twiml": "<Response/>"}, 21205),
        ({"to": OPERATOR, "from_": LINE, "twiml": "x" * 4001}, 32018),
        ({"to": OPERATOR, "from_": LINE, "url": "http://a/", "method": "PUT"}, 21209),
        ({"to": OPERATOR, "from_": LINE, "url": "http://a/", "timeout": 0}, 21208),
    ],
)
async def test_a_wrong_order_is_refused(
    carrier: Control, order: dict[str, object], code: int
) -> None:
    async with rest_client(carrier) as rest:
        with pytest.raises(TwilioRestException) as refused:
            await rest.calls.create_async(**order)
    assert (refused.value.status, refused.value.code) == (400, code)


async def test_a_wrong_status_event_is_accepted_and_never_heard_of(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        made = await rest.calls.create_async(
            to=OPERATOR,
            from_=LINE,
            twiml="<Response/>",
            status_callback=carrier.service.on("/status", ""),
            status_callback_event=["answerd"],
        )
        timeline = await carrier.played(made.sid)
    assert [e["code"] for e in timeline if e["kind"] == "error"] == [21626]
    assert not carrier.service.of("/status")


async def test_unknown_and_ended_calls_and_wrong_tokens(carrier: Control) -> None:
    over = await carrier.call("<Hangup/>")
    await carrier.played(over)
    target = carrier.service.base + "/x"
    async with rest_client(carrier) as rest:
        for sid, status, code in (("CA" + "0" * 32, 404, 20404), (over, 400, 21220)):
            with pytest.raises(TwilioRestException) as refused:
                await rest.calls(sid).update_async(url=target, method="POST")
            assert (refused.value.status, refused.value.code) == (status, code)
    async with rest_client(carrier, token="wrong") as rest:
        with pytest.raises(TwilioRestException) as refused:
            await rest.calls(over).fetch_async()
    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_rest_ends_a_call(carrier: Control) -> None:
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    async with rest_client(carrier) as rest:
        await rest.calls(sid).update_async(status="completed")
    assert texts(await carrier.played(sid), "end") == ["hung up by REST"]


async def test_queues_and_members(carrier: Control) -> None:
    service = carrier.service
    service.on("/wait", "<Pause length='5'/>")
    service.on("/left", "<Say>効かない</Say>")
    service.on("/out", "<Say>出ました</Say>")
    sid = await carrier.call('<Enqueue waitUrl="/wait" action="/left">rest queue</Enqueue>')
    await service.got("/wait")
    async with rest_client(carrier) as rest:
        queue = next(q for q in await rest.queues.list_async() if q.friendly_name == "rest queue")
        assert (queue.current_size, queue.account_sid) == (1, ACCOUNT)
        members = await rest.queues(queue.sid).members.list_async()
        assert [(m.call_sid, m.position) for m in members] == [(sid, 1)]
        member = await rest.queues(queue.sid).members("Front").fetch_async()
        assert member.call_sid == sid
        assert member.date_enqueued is not None
        with pytest.raises(TwilioRestException) as refused:
            await rest.queues(queue.sid).delete_async()
        assert refused.value.code == 22003
        await rest.queues(queue.sid).members(sid).update_async(url=service.base + "/out")
        assert texts(await carrier.played(sid), "say") == ["出ました"]
        assert (await rest.queues(queue.sid).fetch_async()).current_size == 0
        assert await rest.queues(queue.sid).delete_async()
        with pytest.raises(TwilioRestException) as refused:
            await rest.queues(queue.sid).fetch_async()
        assert refused.value.code == 20404


async def test_lists_have_pages(carrier: Control) -> None:
    for name in ("page one", "page two", "page three"):
        sid = await carrier.call(f"<Enqueue>{name}</Enqueue>")
        await carrier.kind(sid, "queue")
        await carrier.hang_up(sid)
        await carrier.played(sid)
    async with rest_client(carrier) as rest:
        names = {q.friendly_name for q in await rest.queues.list_async(page_size=1)}
    assert {"page one", "page two", "page three"} <= names


@pytest.mark.parametrize(("status", "code"), [(400, 21220), (429, 20429), (503, 20500)])
async def test_injected_rest_errors_do_not_act(carrier: Control, status: int, code: int) -> None:
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    await carrier.fault("rest_error", status=status, code=code, call_sid=sid)
    async with rest_client(carrier) as rest:
        with pytest.raises(TwilioRestException) as refused:
            await rest.calls(sid).update_async(status="completed")
        assert (refused.value.status, refused.value.code) == (status, code)
        assert (await rest.calls(sid).fetch_async()).status == "in-progress"


async def test_a_late_answer_has_acted_long_before(carrier: Control) -> None:
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    await carrier.fault("rest_delay", call_sid=sid, seconds=60)
    async with rest_client(carrier) as rest:
        update = asyncio.ensure_future(rest.calls(sid).update_async(status="completed"))
        assert texts(await carrier.played(sid), "end") == ["hung up by REST"]
        assert not update.done()
        update.cancel()
        await asyncio.wait({update})


async def test_a_dropped_answer_has_acted(carrier: Control) -> None:
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    await carrier.fault("rest_drop", call_sid=sid)
    async with rest_client(carrier) as rest:
        with pytest.raises(aiohttp.ClientError):
            await rest.calls(sid).update_async(status="completed")
    assert texts(await carrier.played(sid), "end") == ["hung up by REST"]
