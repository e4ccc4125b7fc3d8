"""When a document cannot be had: time-outs, retries, the fallback URL, the error sentence."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest
from quart import Response

from tests.stand_ins.carrier.control import Control, texts
from tests.stand_ins.carrier.service import Received

SENTENCE = "We are sorry, an application error has occurred. Goodbye."


def xml(body: str, content_type: str = "text/xml") -> Response:
    return Response(body, content_type=content_type)


def moved(status: int, to: str) -> Callable[[Received], Response]:
    return lambda _: Response(b"", status=status, headers={"Location": to})


async def slow(_: Received) -> str:
    await asyncio.sleep(0.5)
    return "<Say>too late</Say>"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(b"", status=500), 11217),
        (Response(b"", status=429), 11217),
        (Response(b"", status=308, headers={"Location": "/x"}), 11216),
        (xml("<Response>" + " " * 65536 + "</Response>"), 11750),
        (xml("<Response><Say>"), 12100),
        (xml(""), 12100),
        (xml('<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>'), 12100),
        (xml("<Reply/>"), 12200),
        (xml("<Response/>", "application/json"), 12300),
        (moved(302, "/voice"), 11215),
    ],
)
async def test_a_useless_answer_leads_to_the_fallback(
    carrier: Control, answer: Response, code: int
) -> None:
    service = carrier.service
    fallback = service.on("/fallback", "<Say>係におつなぎします</Say>")
    await carrier.serve(voice_url=service.base + "/voice", fallback_url=fallback)
    timeline = await carrier.played(await carrier.call(answer))
    asked = service.of("/fallback")[0].form
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == (str(code), service.base + "/voice")
    assert texts(timeline, "say") == ["係におつなぎします"]
    assert code in [e.get("code") for e in timeline if e["kind"] == "error"]


async def test_without_a_fallback_the_carrier_apologises_and_hangs_up(carrier: Control) -> None:
    timeline = await carrier.played(await carrier.call(xml("nonsense")))
    assert texts(timeline, "say") == [SENTENCE]
    assert texts(timeline, "end") == ["application error"]


async def test_a_failing_fallback_is_not_asked_again(carrier: Control) -> None:
    service = carrier.service
    fallback = service.on("/fallback", Response(b"", status=500))
    await carrier.serve(voice_url=service.base + "/voice", fallback_url=fallback)
    timeline = await carrier.played(await carrier.call(Response(b"", status=500)))
    assert len(service.of("/fallback")) == 1
    assert texts(timeline, "say") == [SENTENCE]


async def test_a_later_document_that_fails_goes_to_the_fallback_too(carrier: Control) -> None:
    service = carrier.service
    fallback = service.on("/fallback", "<Hangup/>")
    await carrier.serve(voice_url=service.base + "/voice", fallback_url=fallback)
    await carrier.played(await carrier.call("<Say>a</Say><Redirect>/gone?n=2</Redirect>"))
    assert service.of("/fallback")[0].form["ErrorUrl"] == service.base + "/gone?n=2"


async def test_nobody_at_home_is_a_connect_failure_after_one_retry(carrier: Control) -> None:
    fallback = carrier.service.on("/fallback", "<Hangup/>")
    await carrier.serve(voice_url=f"http://127.0.0.1:{closed_port()}/", fallback_url=fallback)
    await carrier.played(await carrier.call())
    assert carrier.service.of("/fallback")[0].form["ErrorCode"] == "11205"


async def test_other_machines_are_never_asked(carrier: Control) -> None:
    await carrier.serve(voice_url="http://192.0.2.1/voice")
    timeline = await carrier.played(await carrier.call())
    assert [e["code"] for e in timeline if e["kind"] == "error"] == [11210]


@pytest.mark.parametrize(
    ("fragment", "attempts", "code"),
    [
        ("rt=100", 1, "11200"),
        ("tt=100", 1, "11200"),
        ("rt=100&rc=2&rp=rt", 3, "11200"),
        ("rt=100&rc=3&rp=ct", 1, "11200"),
        ("rt=100&rc=0&rp=all", 1, "11200"),
    ],
)
async def test_connection_overrides_are_kept(
    carrier: Control, fragment: str, attempts: int, code: str
) -> None:
    service = carrier.service
    fallback = service.on("/fallback", "<Hangup/>")
    await carrier.serve(voice_url=f"{service.base}/voice#{fragment}", fallback_url=fallback)
    await carrier.played(await carrier.call(slow))
    assert len(service.of("/voice")) == attempts
    assert len({r.token for r in service.of("/voice")}) == 1
    assert service.of("/fallback")[0].form["ErrorCode"] == code


async def test_a_retry_after_an_error_answer_may_succeed(carrier: Control) -> None:
    service = carrier.service
    await carrier.serve(voice_url=f"{service.base}/voice#rc=1&rp=5xx")
    sid = await carrier.call(Response(b"", status=503), "<Say>a</Say>")
    timeline = await carrier.played(sid)
    assert texts(timeline, "say") == ["a"]
    assert next(e for e in timeline if e["kind"] == "webhook")["attempts"] == 2


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST")]
)
async def test_http_redirects_are_followed_and_signed_anew(
    carrier: Control, status: int, method: str
) -> None:
    carrier.service.on("/there", "<Say>a</Say>")
    timeline = await carrier.played(await carrier.call(moved(status, "/there?x=1")))
    asked = carrier.service.of("/there")[0]
    assert (asked.method, asked.signed) == (method, True)
    assert texts(timeline, "say") == ["a"]


async def test_a_status_callback_wants_no_text(carrier: Control) -> None:
    service = carrier.service
    status = service.on("/status", Response("OK", content_type="text/plain"))
    await carrier.serve(voice_url=service.base + "/voice", status_callback=status)
    sid = await carrier.call("<Hangup/>")
    assert (await carrier.kind(sid, "error"))["code"] == 12200
