"""Our own public address, asked as the carrier would: what stands in front of it is found out."""

from collections.abc import Callable
from urllib.parse import unquote

import httpx2
import pytest

from ivr.carriers.twilio import twiml
from ivr.carriers.twilio.number import round_trip
from ivr.carriers.twilio.number.round_trip import Trouble
from ivr.carriers.twilio.signature import Keys, RawRequest, SignatureCheck

BASE, TOKEN = "https://ivr.example.jp", "a-token-of-the-tests"
FALLBACK = "https://desk.example.jp/"
Answer = Callable[[httpx2.Request], httpx2.Response]


def service(
    base: str = BASE, token: str = TOKEN, *, query: Callable[[bytes], bytes] = bytes
) -> Answer:
    """The door's own check, behind a proxy that may spell the query anew."""
    check = SignatureCheck(base, Keys(auth_tokens=(token,)))

    def answer(request: httpx2.Request) -> httpx2.Response:
        path, _, asked = request.url.raw_path.partition(b"?")
        raw = RawRequest(
            method=request.method,
            path=path,
            query=query(asked),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.read(),
        )
        return httpx2.Response(204 if check.accepts(raw) else 403)

    return answer


def always(status: int) -> Answer:
    return lambda _: httpx2.Response(status, headers={"location": "https://elsewhere.example/"})


def nobody(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def spelled_anew(query: bytes) -> bytes:
    return query.replace(b"%7E", b"~").replace(b"%27", b"'")


@pytest.mark.parametrize(
    ("answer", "trouble", "fact"),
    [
        (service(), None, ""),
        (service("https://other.example.jp"), Trouble.SIGNED_REFUSED, ""),
        (service("http://ivr.example.jp"), Trouble.SIGNED_REFUSED, ""),
        (service(token="another-token-of-tests"), Trouble.SIGNED_REFUSED, ""),
        (service(query=spelled_anew), Trouble.QUERY_CHANGED, ""),
        (service(query=lambda query: unquote(query).encode("ascii", "ignore")),
         Trouble.QUERY_CHANGED, ""),
        (always(403), Trouble.SIGNED_REFUSED, ""),
        (always(204), Trouble.FORGED_ACCEPTED, "204"),
        (always(200), Trouble.FORGED_ACCEPTED, "200"),
        (always(308), Trouble.REDIRECTED, "308"),
        (always(404), Trouble.ODD_STATUS, "404"),
        (always(502), Trouble.ODD_STATUS, "502"),
        (nobody, Trouble.UNREACHABLE, "ConnectError"),
    ],
)  # fmt: skip
async def test_the_door(answer: Answer, trouble: Trouble | None, fact: str) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        trip = await round_trip.door(http, BASE, account_sid="AC" + "1" * 32, auth_token=TOKEN)
    assert (trip.trouble, trip.fact) == (trouble, fact)


def document(body: bytes, kind: str = "text/xml; charset=utf-8", status: int = 200) -> Answer:
    return lambda _: httpx2.Response(status, content=body, headers={"content-type": kind})


OURS = twiml.fallback("+81312340009")


@pytest.mark.parametrize(
    ("answer", "trouble", "fact"),
    [
        (document(OURS), None, ""),
        (document(OURS, "application/xml"), None, ""),
        (document(b"<Response><Enqueue>desk</Enqueue></Response>"), None, ""),
        (document(OURS, "text/plain"), Trouble.NOT_A_DOCUMENT, "text/plain"),
        (document(OURS, ""), Trouble.NOT_A_DOCUMENT, "no content type"),
        (document(OURS[:-5]), Trouble.NOT_A_DOCUMENT, "text/xml"),
        (document(b""), Trouble.NOT_A_DOCUMENT, "text/xml"),
        (document(b"<html/>"), Trouble.NOT_A_DOCUMENT, "text/xml"),
        (document(b'<!DOCTYPE x [<!ENTITY a "b">]><Response><Dial>&a;</Dial></Response>'),
         Trouble.NOT_A_DOCUMENT, "text/xml"),
        (document(b"<Response>" + b" " * 70_000), Trouble.NOT_A_DOCUMENT, "over 64 kB"),
        (document(b"<Response><Say>Hm</Say></Response>"), Trouble.NOBODY_DIALLED, ""),
        (document(OURS, status=500), Trouble.ODD_STATUS, "500"),
        (always(301), Trouble.REDIRECTED, "301"),
        (nobody, Trouble.UNREACHABLE, "ConnectError"),
    ],
)  # fmt: skip
async def test_the_fallback(answer: Answer, trouble: Trouble | None, fact: str) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        trip = await round_trip.fallback(http, FALLBACK)
    assert (trip.trouble, trip.fact) == (trouble, fact)
    if trouble is None and b"<Say" in OURS:
        assert set(trip.voices) <= {("Polly.Kazuha-Neural", "ja-JP")}
