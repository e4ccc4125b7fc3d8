"""T1: through the whole application, a request that our carrier did not sign reaches nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr.carriers.twilio.pages.callback import CallbackDoor
from ivr.carriers.twilio.pages.queue import QueueDoor
from ivr.carriers.twilio.signature import Keys, SignatureCheck
from ivr.carriers.twilio.twiml import PREFIX, DocumentSettings
from ivr.carriers.twilio.webhooks import TwilioDoor
from kazasu import app as application

BASE = "https://ivr.example.jp"
TOKEN, ACCOUNT = "a-token-of-the-carrier", "AC" + "0" * 32
FORM = "application/x-www-form-urlencoded"
PAGES = (
    "voice", "turn", "current", "left", "status", "queue", "joined", "operator",
    "operator-done", "operator-status", "callback", "callback-joined", "callback-done",
    "callback-status",
)  # fmt: skip
FIELDS = {"CallSid": "CA1", "AccountSid": ACCOUNT, "From": "+819012345678", "To": "+81312345678"}


class Reached(BaseException):
    """Something behind the door was asked: no handler of errors may hide that."""


class Behind:
    """All that stands behind the door; nothing of it may be touched."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Reached(name)


async def _nothing() -> None:
    return None


async def _ready() -> list[str]:
    return []


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    behind: Any = Behind()
    documents = DocumentSettings(public_base=BASE)
    queue = QueueDoor(
        tenant="main",
        calls=behind,
        turns=behind,
        answering=behind,
        asides=behind,
        forget=behind,
        documents=documents,
    )
    door = TwilioDoor(
        check=SignatureCheck(BASE, Keys(auth_tokens=(TOKEN,))),
        account_sid=ACCOUNT,
        calls=behind,
        queue=queue,
        callbacks=CallbackDoor(tenant="main", ringing=behind, placed=behind, documents=documents),
        said=behind,
        documents=documents,
    )
    app: Any = application.create(
        application.Doors(
            carrier=door,
            blueprints=(),
            flows=tmp_path,
            ready=_ready,
            on_start=_nothing,
            on_stop=_nothing,
        )
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as made:
        yield made


def _signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, fields))


async def test_what_the_carrier_signed_gets_behind_the_door(http: httpx2.AsyncClient) -> None:
    """Without this the refusals below would prove nothing."""
    url = f"{BASE}{PREFIX}/turn?n=1"
    with pytest.raises(Reached):
        await http.post(url, data=FIELDS, headers={"X-Twilio-Signature": _signature(url, FIELDS)})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": "ivr.example.jp", "Host": "evil.example"},
        {"Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "54.172.60.0"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json"},
        {"Content-Type": f"{FORM}; charset=utf-16"},
    ],
)
async def test_a_signature_by_somebody_else_opens_no_page(
    http: httpx2.AsyncClient, page: str, forged: dict[str, str]
) -> None:
    host = forged.get("Host", "ivr.example.jp")
    url = f"https://{host}{PREFIX}/{page}?n=1"
    signature = _signature(url, FIELDS, "another-token")
    answer = await http.post(
        f"{BASE}{PREFIX}/{page}?n=1",
        content=urlencode(FIELDS),
        headers={"Content-Type": FORM, "X-Twilio-Signature": signature, **forged},
    )
    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS | {"AccountSid": "AC" + "1" * 32},
        {name: value for name, value in FIELDS.items() if name != "AccountSid"},
        {name: value for name, value in FIELDS.items() if name != "CallSid"},
        FIELDS | {"CallSid": ""},
    ],
)
async def test_another_account_or_no_call_is_refused_though_signed(
    http: httpx2.AsyncClient, fields: dict[str, str]
) -> None:
    url = f"{BASE}{PREFIX}/turn?n=1"
    answer = await http.post(
        url, data=fields, headers={"X-Twilio-Signature": _signature(url, fields)}
    )
    assert answer.status_code == 403


_header = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    page=st.sampled_from(PAGES) | st.text(alphabet="abc-%2F/._", max_size=12),
    method=st.sampled_from(["POST", "GET", "PUT", "HEAD", "DELETE", "OPTIONS"]),
    query=st.text(alphabet="n=1&%bodySHA256;+", max_size=20),
    body=st.binary(max_size=120) | st.just(urlencode(FIELDS).encode()),
    kind=st.sampled_from([FORM, FORM.upper(), "application/json", "", "multipart/form-data"])
    | _header,
    signature=st.none() | _header,
    scheme=st.none() | _header | st.just("algorithm=HMAC-SHA256, key=k1"),
)
async def test_nothing_unsigned_is_answered_200_or_5xx(
    http: httpx2.AsyncClient,
    page: str,
    method: str,
    query: str,
    body: bytes,
    kind: str,
    signature: str | None,
    scheme: str | None,
) -> None:
    assume(".." not in page)
    headers = {"Content-Type": kind}
    if signature is not None:
        headers["X-Twilio-Signature"] = signature
    if scheme is not None:
        headers["X-Twilio-Signature-Settings"] = scheme
    answer = await http.request(
        method, f"{BASE}{PREFIX}/{page}?{query}", content=body, headers=headers
    )
    assert answer.status_code in (308, 400, 403, 404, 405), answer.status_code


async def test_a_body_beyond_every_cap_is_refused_without_an_error(
    http: httpx2.AsyncClient,
) -> None:
    for size in (64 * 1024 + 1, 300 * 1024):
        answer = await http.post(
            f"{BASE}{PREFIX}/turn",
            content=b"a" * size,
            headers={"Content-Type": FORM, "X-Twilio-Signature": "x"},
        )
        assert answer.status_code in (403, 413)


PATH = f"{PREFIX}/turn"
BODY = urlencode(FIELDS)
CHANGED: dict[str, tuple[str, str, str]] = {
    "case of the path": (PATH.replace("turn", "TURN"), "n=1", BODY),
    "case of the prefix": (PATH.upper(), "n=1", BODY),
    "a letter of the path encoded": (PATH.replace("turn", "tur%6e"), "n=1", BODY),
    "a slash encoded": (PATH.replace("/turn", "%2Fturn"), "n=1", BODY),
    "a slash twice": (PATH.replace("/turn", "//turn"), "n=1", BODY),
    "a slash at the end": (PATH + "/", "n=1", BODY),
    "another number": (PATH, "n=2", BODY),
    "a number written otherwise": (PATH, "n=01", BODY),
    "a name encoded": (PATH, "%6E=1", BODY),
    "a parameter twice": (PATH, "n=1&n=9", BODY),
    "one more parameter": (PATH, "n=1&resumed=1", BODY),
    "an empty parameter": (PATH, "n=1&", BODY),
    "no parameter": (PATH, "", BODY),
    "another page": (PATH.replace("turn", "left"), "n=1", BODY),
    "one more field": (PATH, "n=1", BODY + "&Digits=1"),
    "one more empty field": (PATH, "n=1", BODY + "&Digits="),
    "a field twice": (PATH, "n=1", BODY + "&CallSid=CA2"),
    "a field less": (PATH, "n=1", BODY.replace("&To=%2B81312345678", "")),
    "a field emptied": (PATH, "n=1", BODY.replace("To=%2B81312345678", "To=")),
    "another caller": (PATH, "n=1", BODY.replace("9012345678", "9012345679")),
    "a name in another case": (PATH, "n=1", BODY.replace("CallSid", "callsid")),
    "fields in the address": (PATH, f"n=1&{BODY}", ""),
    "no UTF-8": (PATH, "n=1", BODY + "&Digits=%FF"),
}  # fmt: skip


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
async def test_a_signed_request_of_which_something_was_changed_is_refused(
    http: httpx2.AsyncClient, changed: tuple[str, str, str]
) -> None:
    path, query, body = changed
    signature = _signature(f"{BASE}{PATH}?n=1", FIELDS)
    answer = await http.post(
        f"{BASE}{path}" + (f"?{query}" if query else ""),
        content=body,
        headers={"Content-Type": FORM, "X-Twilio-Signature": signature},
    )
    assert answer.status_code in (308, 403, 404)
    assert not answer.content or answer.status_code != 403


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "multipart/form-data"])
async def test_a_signed_form_declared_as_something_else_is_refused(
    http: httpx2.AsyncClient, kind: str
) -> None:
    """A form that is not read as one would be signed by nobody and still be answered."""
    url = f"{BASE}{PATH}?n=1"
    for signature in (_signature(url, FIELDS), _signature(url, {})):
        answer = await http.post(
            url, content=BODY, headers={"Content-Type": kind, "X-Twilio-Signature": signature}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": " "},
        {"X-Twilio-Signature": "é"},
        {"x-twilio-signature-settings": "key=k1,algorithm=HMAC_SHA256"},
    ],
)
async def test_no_signature_is_no_signature(
    http: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    answer = await http.post(
        f"{BASE}{PATH}?n=1", content=BODY, headers={b"Content-Type": FORM.encode(), **_raw(sent)}
    )
    assert (answer.status_code, answer.content) == (403, b"")


def _raw(headers: dict[str, bytes]) -> dict[bytes, bytes]:
    return {name.encode(): value for name, value in headers.items()}


@pytest.mark.parametrize(
    "harmless",
    [
        {"Host": "elsewhere.example"},
        {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "http"},
        {"Forwarded": "host=elsewhere.example;proto=http"},
    ],
)
async def test_what_stands_in_front_may_say_what_it_likes(
    http: httpx2.AsyncClient, harmless: dict[str, str]
) -> None:
    """The address that counts is the configured one, so the carrier is heard all the same."""
    url = f"{BASE}{PATH}?n=1"
    with pytest.raises(Reached):
        await http.post(
            url, data=FIELDS, headers={"X-Twilio-Signature": _signature(url, FIELDS), **harmless}
        )
