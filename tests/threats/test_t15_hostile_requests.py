"""T15, T18: whatever a request says, the doors answer with words of their own, never with a 5xx."""

import json
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.companion_app_api.speaking import Speaker
from tests.companion_app_api.stage import ORIGIN, Stage, a_stage
from tests.operator_console.stage import Stage as Console

MANY = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CANARY = "カナリア-canary"

_texts = st.text(max_size=40) | st.sampled_from(
    ["awaiting_pin", "i_called", "41", "\x00", "\ud83d", "́", "9" * 400, CANARY, "", "null"]
)
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | _texts
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_FIELDS = (
    "locator", "call_state", "answer", "round", "choice", "hint", "certificate", "signature",
    "card_kind", "reason", "platform", "app_version", "attestation", "token", "presence",
)  # fmt: skip
_bodies = st.dictionaries(st.sampled_from(_FIELDS) | _texts, _values, max_size=6)
_VALID: tuple[dict[str, Any], ...] = (
    {"locator": "57240014", "call_state": "unknown"},
    {"answer": "i_called"},
    {"round": 1, "choice": "41"},
    {"hint": "awaiting_card"},
    {"certificate": "MIIB", "signature": "AAAA", "card_kind": "card"},
    {"reason": "user_cancelled"},
    {},
)
_nearly = st.builds(
    lambda base, changes: base | changes, st.sampled_from(_VALID), st.just({}) | _bodies
)
_STEPS = ("confirm", "choose", "progress", "proof", "cancel", "repudiate")


def _raw(body: object) -> bytes:
    return json.dumps(body).encode("utf-8", "surrogatepass")


_contents = st.binary(max_size=200) | st.builds(_raw, _bodies) | st.builds(_raw, _nearly)


def _assert_ours(status: int, media_type: str, text: str, said: bytes) -> None:
    assert status < 500, text
    if status >= 400:
        assert media_type == "application/problem+json", (status, text)
        assert set(json.loads(text)) <= {
            "type", "title", "status", "code", "detail", "field", "hint", "update_url",
        }  # fmt: skip
        assert CANARY not in text
    assert "Traceback" not in text


@MANY
@given(
    step=st.sampled_from(_STEPS),
    content=_contents,
    far=st.integers(min_value=0, max_value=2),
)
async def test_any_body_at_any_step_of_a_pairing(
    stage: Stage, speaker: Speaker, step: str, content: bytes, far: int
) -> None:
    held = await speaker.claimed(stage)
    if far == 1:
        await held.to_the_choice()
    elif far == 2:
        await held.to_the_pin()
    path = f"/v1/pairings/{held.id}/{step}"
    answer = await speaker.post(path, None, content=content)
    _assert_ours(answer.status_code, answer.headers["Content-Type"], answer.text, content)
    assert (await stage.now(held.call)).badge.value != "green"
    await stage.hang_up(held.call)


@MANY
@given(
    path=st.sampled_from(["/v1/pairings/claim", "/v1/installations"]),
    content=_contents,
    header=st.dictionaries(st.sampled_from(["typ", "alg", "kid", "jwk", "crit"]), _values),
    claims=st.dictionaries(st.sampled_from(["htm", "htu", "bh", "iat", "jti", "exp"]), _values),
)
async def test_any_header_and_claim_of_a_request_proof(
    speaker: Speaker, path: str, content: bytes, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    top = {"typ": "kazasu-proof+jwt", "alg": "ES256", "kid": speaker.key.thumbprint()} | header
    said = {
        "htm": "POST",
        "htu": ORIGIN + path,
        "bh": _packed(sha256(content).digest()),
        "iat": int(time.time()),
        "jti": "a-proof-that-was-never-signed",
    } | claims
    proof = ".".join(_packed(part) for part in (_raw(top), _raw(said), bytes(64)))
    answer = await speaker.post(path, None, content=content, proof=proof)
    # Nobody has signed it: a body may be found wrong first, but nothing is ever done.
    assert answer.status_code in (400, 401, 413, 415), answer.text
    _assert_ours(answer.status_code, answer.headers["Content-Type"], answer.text, content)


@pytest.mark.parametrize("kid", ["\ud83d", "\x00", "a" * 42, "a" * 44, "é" * 43, ["a"], None, 7])
async def test_nobody_unknown_makes_a_store_look_for_odd_keys(
    speaker: Speaker, kid: object
) -> None:
    """Neither database takes every text: what is no thumbprint is refused before it is asked."""
    content = b"{}"
    said = {
        "htm": "POST",
        "htu": ORIGIN + "/v1/pairings/claim",
        "bh": _packed(sha256(content).digest()),
        "iat": int(time.time()),
        "jti": "a-proof-that-was-never-signed",
    }
    top = {"typ": "kazasu-proof+jwt", "alg": "ES256", "kid": kid}
    proof = ".".join(_packed(part) for part in (_raw(top), _raw(said), bytes(64)))
    answer = await speaker.post("/v1/pairings/claim", None, content=content, proof=proof)
    assert (answer.status_code, answer.json()["code"]) == (401, "request_proof_invalid")


@pytest.mark.parametrize("odd", ["%00", "%F0%9F%98%80", "..%2F..", "a" * 65, "%ED%A0%BD"])
async def test_what_no_pairing_can_be_called_is_unknown(speaker: Speaker, odd: str) -> None:
    answer = await speaker.get(f"/v1/pairings/{odd}")
    assert answer.status_code in (404, 410), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@MANY
@given(name=st.text(min_size=1, max_size=60), query=st.text(max_size=40))
async def test_any_address_and_query(speaker: Speaker, name: str, query: str) -> None:
    raw = quote(name.encode("utf-8", "surrogatepass"), safe="")
    asked = quote(query.encode("utf-8", "surrogatepass"), safe="=&")
    path = f"/v1/pairings/{raw}" + (f"?{asked}" if asked else "")
    answer = await speaker.get(path)
    _assert_ours(answer.status_code, answer.headers["Content-Type"], answer.text, b"")
    assert answer.status_code != 200


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)


@MANY
@given(
    path=st.sampled_from(["presence", "answer", "decline", "wrap-up-done", "reveal", "activity"]),
    content=_contents,
)
async def test_any_body_of_an_operator(quick_passwords: None, path: str, content: bytes) -> None:
    console = Console()
    await console.enters("secret-token", reason="x")
    page = await console.signed_in()
    answer = await page.client.post(
        f"/operator/api/{path}",
        data=content,
        headers={
            "Origin": page.origin,
            "X-CSRF-Token": page.csrf,
            "Content-Type": "application/json",
        },
    )
    text = await answer.get_data(as_text=True)
    _assert_ours(answer.status_code, answer.headers.get("Content-Type", ""), text, content)
    assert "819012345678" not in text


@MANY
@given(
    form=st.lists(st.tuples(st.sampled_from(["login", "password"]) | _texts, _texts), max_size=8),
    content=st.none() | st.binary(max_size=300),
)
async def test_any_form_at_the_login(
    quick_passwords: None, form: list[tuple[str, str]], content: bytes | None
) -> None:
    console = Console()
    written = "&".join(
        "=".join(quote(part.encode("utf-8", "surrogatepass")) for part in pair) for pair in form
    )
    answer = await console.app.test_client().post(
        "/operator/login",
        data=written.encode() if content is None else content,
        headers={
            "Origin": console.origin,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status_code in (400, 401, 429), answer.status_code
    assert "Set-Cookie" not in answer.headers


def _packed(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


@pytest.fixture
async def stage(tmp_path: Any) -> Any:
    async with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
async def speaker(stage: Stage) -> Any:
    async with stage.http() as http:
        made = Speaker(http)
        assert (await made.register()).status_code == 200
        yield made
