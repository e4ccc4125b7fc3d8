"""The carrier's own library as the judge of our signature check, on generated requests (T1).

We accept what it accepts, except where it accepts what it has not read.
"""

from hashlib import sha256
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from ivr.carriers.twilio.signature import Keys, RawRequest, SignatureCheck

TOKEN, SHARED, FORM = "token-of-today", "a-shared-secret", "application/x-www-form-urlencoded"
BASES = ("https://ivr.example.jp", "https://ivr.example.jp:8443", "http://127.0.0.1:8080")
CHECKS = {base: SignatureCheck(base, Keys(auth_tokens=("old", TOKEN), shared_keys={"k1": SHARED}))
          for base in BASES}  # fmt: skip

no_surrogates = st.characters(exclude_categories=["Cs"])
words = st.text(no_surrogates, max_size=6)
fields = st.lists(st.tuples(st.text(no_surrogates, min_size=1, max_size=3), words), max_size=6)
paths = st.text(no_surrogates, max_size=8).map(lambda text: "/" + quote(text))
queries = st.lists(st.tuples(st.sampled_from(["n", "a b", "名", "bodySHA256x"]), words), max_size=3)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, RawRequest, list[tuple[str, str]]]:
    """A form with its own true signature, most times with one thing then changed."""
    base, path = draw(st.sampled_from(BASES)), draw(paths)
    query, sent = urlencode(draw(queries)), draw(fields)
    signed_base = draw(st.sampled_from((base, base.rpartition(":")[0], f"{base}:443")))
    signed_base = signed_base if signed_base.count(":") > 1 or "/" in signed_base[7:] else base
    token = draw(st.sampled_from((TOKEN, "old", "another")))
    url = base + path + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(
        url.replace(base, signed_base, 1), MultiDict(sent)
    )
    change = draw(st.sampled_from(("", "", "path", "query", "fields", "signature")))
    if change == "fields":
        sent = [*sent, ("More", "1")]
    request = RawRequest(
        method="POST",
        path=(path + ("x" if change == "path" else "")).encode(),
        query=(query + ("&n=9" if change == "query" else "")).encode(),
        headers={
            "content-type": FORM,
            "x-twilio-signature": signature[::-1] if change == "signature" else signature,
        },
        body=urlencode(sent).encode(),
    )
    return base, request, sent


def by_library(base: str, request: RawRequest, sent: list[tuple[str, str]]) -> bool:
    url = base + request.path.decode() + (f"?{request.query.decode()}" if request.query else "")
    signature = request.headers["x-twilio-signature"]
    return any(
        RequestValidator(token).validate(url, MultiDict(sent), signature, HMAC_SHA1)
        for token in ("old", TOKEN)
    )


@given(requests())
def test_we_agree_with_the_library_about_forms(
    drawn: tuple[str, RawRequest, list[tuple[str, str]]],
) -> None:
    base, request, sent = drawn
    assert CHECKS[base].accepts(request) is by_library(base, request, sent)


@given(fields, st.sampled_from(["sha1", "HMAC_SHA256", "hmac_sha256", "HMAC_SHA1", ""]))
def test_we_agree_about_shared_keys_of_the_one_algorithm(
    sent: list[tuple[str, str]], algorithm: str
) -> None:
    url = f"{BASES[0]}/carriers/twilio/turn?n=3"
    signature = RequestValidator(SHARED).compute_signature(url, MultiDict(sent), HMAC_SHA256)
    request = RawRequest(
        method="POST",
        path=b"/carriers/twilio/turn",
        query=b"n=3",
        headers={
            "content-type": FORM,
            "x-twilio-signature": signature,
            "x-twilio-webhooks-signature-settings": f"key=k1,algorithm={algorithm}",
        },
        body=urlencode(sent).encode(),
    )
    assert CHECKS[BASES[0]].accepts(request) is (algorithm.upper() == HMAC_SHA256)


@given(st.text(no_surrogates, max_size=12), st.sampled_from(["", "x"]), st.booleans())
def test_we_agree_about_json(text: str, more: str, spelt: bool) -> None:
    """Its hash in the query, spelt plainly or with a percent sign."""
    name = "%62odySHA256" if spelt else "bodySHA256"
    query = f"{name}={sha256(text.encode()).hexdigest()}"
    url = f"{BASES[0]}/carriers/twilio/voice?{query}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    request = RawRequest(
        method="POST",
        path=b"/carriers/twilio/voice",
        query=query.encode(),
        headers={"content-type": "application/json", "x-twilio-signature": signature},
        body=(text + more).encode(),
    )
    theirs = RequestValidator(TOKEN).validate(url, text + more, signature)
    assert CHECKS[BASES[0]].accepts(request) is theirs is (not more)


@pytest.mark.parametrize("name", ["bodySHA256", "%62odySHA256", "body%53HA256", "bodySHA256%"])
@pytest.mark.parametrize("body", [b"", b"CallSid=CA1"])
def test_where_the_library_reads_no_body_we_refuse(name: str, body: bytes) -> None:
    query = f"{name}={sha256(body).hexdigest()}"
    url = f"{BASES[0]}/carriers/twilio/voice?{query}"
    sent = {"CallSid": "CA1"} if body else {}
    signature = RequestValidator(TOKEN).compute_signature(url, sent)
    request = RawRequest(
        method="POST",
        path=b"/carriers/twilio/voice",
        query=query.encode(),
        headers={"content-type": FORM, "x-twilio-signature": signature},
        body=body,
    )
    other_name = name == "bodySHA256%"  # a percent sign that spells nothing: just another name
    assert CHECKS[BASES[0]].accepts(request) is other_name


def test_a_body_is_parsed_once() -> None:
    request = RawRequest(
        method="POST", path=b"/", query=b"", headers={"content-type": FORM}, body=b"a=1"
    )
    assert request.form() is request.form()
