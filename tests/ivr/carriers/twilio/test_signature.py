"""Only our carrier is believed, and whatever is odd is a refusal, never an exception (T1)."""

from hashlib import sha256
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import HMAC_SHA256, RequestValidator

from ivr.carriers.twilio.signature import Keys, RawRequest, SignatureCheck

BASE = "https://ivr.example.jp"
TOKEN, NEXT, SHARED = "token-of-today", "token-of-tomorrow", "a-shared-secret"
CHECK = SignatureCheck(BASE, Keys(auth_tokens=(TOKEN, NEXT), shared_keys={"k1": SHARED}))
FORM = "application/x-www-form-urlencoded"


def signed(
    fields: list[tuple[str, str]],
    *,
    token: str = TOKEN,
    path: str = "/carriers/twilio/turn",
    query: str = "n=3",
    base: str = BASE,
    headers: dict[str, str] | None = None,
) -> RawRequest:
    url = base + path + ("?" + query if query else "")
    signature = RequestValidator(token).compute_signature(url, MultiDict(fields))
    return RawRequest(
        method="POST",
        path=path.encode(),
        query=query.encode(),
        headers={"content-type": FORM, "x-twilio-signature": signature, **(headers or {})},
        body=urlencode(fields).encode(),
    )


def changed(request: RawRequest, **changes: object) -> RawRequest:
    parts = {
        name: getattr(request, name) for name in ("method", "path", "query", "headers", "body")
    }
    return RawRequest(**{**parts, **changes})


FIELDS = [("CallSid", "CA1"), ("Digits", ""), ("Tag", "b"), ("Tag", "a"), ("City", "東京 +&")]


@pytest.mark.parametrize("token", [TOKEN, NEXT])
def test_both_tokens_count_while_one_is_rotated(token: str) -> None:
    assert CHECK.accepts(signed(FIELDS, token=token))


@pytest.mark.parametrize(
    ("path", "query"),
    [("/a%20b", "q=%E3%81%82"), ("/x%27%2F", "a=%7E&a=2"), ("/carriers/twilio/voice", "")],
)
def test_the_raw_path_and_query_are_what_is_signed(path: str, query: str) -> None:
    assert CHECK.accepts(signed(FIELDS, path=path, query=query))


@pytest.mark.parametrize(
    "change",
    [
        {"path": b"/carriers/twilio/voice"},
        {"path": b"/Carriers/twilio/turn"},
        {"query": b"n=4"},
        {"query": b"n=3&n=3"},
        {"body": urlencode([*FIELDS, ("More", "1")]).encode()},
        {"body": b"\xff\xfe=1"},
        {"method": "GET"},
        {"headers": {"content-type": FORM}},
        {"headers": {"content-type": FORM, "x-twilio-signature": ""}},
        {"headers": {"content-type": FORM, "x-twilio-signature": "ünïcode"}},
        {"headers": {"x-twilio-signature": "A" * 28}},
        {"headers": {"content-type": "text/plain", "x-twilio-signature": "A" * 28}},
    ],
)
def test_what_was_changed_or_is_missing_is_refused(change: dict[str, object]) -> None:
    good = signed(FIELDS)
    kept = {"headers": good.headers} if "headers" not in change else {}
    assert CHECK.accepts(good)
    assert not CHECK.accepts(changed(good, **kept, **change))


def test_host_and_forwarded_headers_choose_nothing() -> None:
    elsewhere = "https://attacker.example"
    lured = {"host": "attacker.example", "x-forwarded-host": "attacker.example"}
    assert not CHECK.accepts(signed(FIELDS, base=elsewhere, headers=lured))
    assert CHECK.accepts(signed(FIELDS, headers=lured))


def test_another_token_is_refused() -> None:
    assert not CHECK.accepts(signed(FIELDS, token="token-of-somebody"))


def json_request(
    body: bytes, *, hashed: bytes | None = None, kind: str = "application/json"
) -> RawRequest:
    query = "bodySHA256=" + sha256(body if hashed is None else hashed).hexdigest()
    url = f"{BASE}/carriers/twilio/voice?{query}"
    return RawRequest(
        method="POST",
        path=b"/carriers/twilio/voice",
        query=query.encode(),
        headers={
            "content-type": kind,
            "x-twilio-signature": RequestValidator(TOKEN).compute_signature(url, {}),
        },
        body=body,
    )


def test_json_is_held_to_its_hash() -> None:
    assert CHECK.accepts(json_request(b'{"a":1}'))
    assert not CHECK.accepts(json_request(b'{"a":2}', hashed=b'{"a":1}'))


def test_a_form_with_a_body_hash_in_the_url_is_refused() -> None:
    """The library accepts it without reading the body: the trap of an empty form."""
    assert not CHECK.accepts(json_request(b"CallSid=CA1", kind=FORM))
    assert not CHECK.accepts(json_request(b"", kind=FORM))


def shared(settings: str, *, secret: str = SHARED) -> RawRequest:
    plain = signed(FIELDS)
    url = f"{BASE}/carriers/twilio/turn?n=3"
    signature = RequestValidator(secret).compute_signature(url, MultiDict(FIELDS), HMAC_SHA256)
    return changed(
        plain,
        headers={
            "content-type": FORM,
            "x-twilio-signature": signature,
            "x-twilio-webhooks-signature-settings": settings,
        },
    )


def test_a_shared_key_is_known_by_its_id_and_one_algorithm() -> None:
    assert CHECK.accepts(shared("key=k1,algorithm=HMAC_SHA256"))
    assert not CHECK.accepts(shared("key=k2,algorithm=HMAC_SHA256"))
    assert not CHECK.accepts(shared("key=k1,algorithm=HMAC_SHA1"))
    assert not CHECK.accepts(shared("key=k1"))
    assert not CHECK.accepts(shared("algorithm=HMAC_SHA256", secret=TOKEN))


@given(
    path=st.binary(max_size=20),
    query=st.binary(max_size=20),
    body=st.binary(max_size=50),
    kind=st.sampled_from([FORM, "application/json", "", "x/y"]),
    signature=st.text(max_size=30),
    method=st.sampled_from(["GET", "POST", "PUT"]),
)
def test_odd_requests_are_refused_and_never_raise(
    path: bytes, query: bytes, body: bytes, kind: str, signature: str, method: str
) -> None:
    request = RawRequest(
        method=method,
        path=path,
        query=query,
        headers={"content-type": kind, "x-twilio-signature": signature},
        body=body,
    )
    assert not CHECK.accepts(request)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=8)), max_size=6))
def test_agrees_with_the_library_on_generated_forms(fields: list[tuple[str, str]]) -> None:
    kept = [(n, v) for n, v in fields if not any("\ud800" <= c <= "\udfff" for c in n + v) and n]
    assert CHECK.accepts(signed(kept))
