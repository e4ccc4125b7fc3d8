"""Whoever cannot prove who is speaking, about exactly this request and now, gets nothing."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.companion_app_api.speaking import CLAIM, INSTALLATIONS, Speaker, code_of, packed
from tests.companion_app_api.stage import ORIGIN, Stage

BODY = {"locator": "00000000", "call_state": "unknown"}
RAW = json.dumps(BODY).encode()
REFUSED = (401, "request_proof_invalid")


def _unsigned(speaker: Speaker, header: dict[str, Any], signature: str) -> str:
    _, claims, _ = speaker.proof("POST", CLAIM, RAW).split(".")
    top = {"typ": "kazasu-proof+jwt", "kid": speaker.key.thumbprint()} | header
    return f"{packed(json.dumps(top).encode())}.{claims}.{signature}"


def _hs256(speaker: Speaker) -> str:
    """The public key taken for a shared secret."""
    _, claims, _ = speaker.proof("POST", CLAIM, RAW).split(".")
    header = {"typ": "kazasu-proof+jwt", "alg": "HS256", "kid": speaker.key.thumbprint()}
    signed = f"{packed(json.dumps(header).encode())}.{claims}"
    secret = speaker.key.as_pem(private=False)
    return f"{signed}.{packed(hmac.digest(secret, signed.encode(), 'sha256'))}"


ATTACKS: dict[str, Callable[[Speaker], str]] = {
    "other_key": lambda s: s.proof("POST", CLAIM, RAW, signer=ECKey.generate_key("P-256")),
    "other_method": lambda s: s.proof("GET", CLAIM, RAW),
    "other_path": lambda s: s.proof("POST", "/v1/history", RAW),
    "query_added": lambda s: s.proof("POST", CLAIM + "?wait=1", RAW),
    "other_origin": lambda s: s.proof(
        "POST", CLAIM, RAW, claims={"htu": "https://evil.test" + CLAIM}
    ),
    "other_body": lambda s: s.proof("POST", CLAIM, RAW + b" "),
    "too_old": lambda s: s.proof("POST", CLAIM, RAW, claims={"iat": int(time.time()) - 62}),
    "too_new": lambda s: s.proof("POST", CLAIM, RAW, claims={"iat": int(time.time()) + 62}),
    "time_as_text": lambda s: s.proof("POST", CLAIM, RAW, claims={"iat": str(int(time.time()))}),
    "jwk_here": lambda s: s.proof("POST", CLAIM, RAW, header={"jwk": s.jwk}),
    "other_type": lambda s: s.proof("POST", CLAIM, RAW, header={"typ": "JWT"}),
    "extra_claim": lambda s: s.proof("POST", CLAIM, RAW, claims={"sub": "somebody"}),
    "critical_header": lambda s: s.proof("POST", CLAIM, RAW, header={"crit": ["b64"], "b64": True}),
    "none": lambda s: _unsigned(s, {"alg": "none"}, ""),
    "none_with_signature": lambda s: _unsigned(s, {"alg": "none"}, packed(bytes(64))),
    "hs256_by_public_key": _hs256,
    "padded": lambda s: s.proof("POST", CLAIM, RAW) + "=",
    "empty": lambda s: "x",
    "huge": lambda s: s.proof("POST", CLAIM, RAW, claims={"jti": "a" * 5000}),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_proof_that_does_not_fit_is_refused(speaker: Speaker, attack: str) -> None:
    answer = await speaker.post(CLAIM, BODY, proof=ATTACKS[attack](speaker))
    assert code_of(answer) == REFUSED


async def test_the_same_speaker_is_heard_with_a_fitting_proof(speaker: Speaker) -> None:
    assert code_of(await speaker.post(CLAIM, BODY)) == (410, "expired_or_unknown")


async def test_a_proof_is_good_once(speaker: Speaker) -> None:
    proof = speaker.proof("POST", CLAIM, RAW)
    assert (await speaker.post(CLAIM, BODY, proof=proof)).status_code == 410
    assert code_of(await speaker.post(CLAIM, BODY, proof=proof)) == REFUSED


async def test_no_proof_and_two_proofs(speaker: Speaker) -> None:
    bare = await speaker.http.post(ORIGIN + CLAIM, json=BODY)
    assert code_of(bare) == REFUSED
    twice = await speaker.http.post(
        ORIGIN + CLAIM,
        content=RAW,
        headers=[
            ("Content-Type", "application/json"),
            ("Kazasu-Proof", speaker.proof("POST", CLAIM, RAW)),
            ("Kazasu-Proof", speaker.proof("POST", CLAIM, RAW)),
        ],
    )
    assert code_of(twice) == REFUSED


async def test_an_unknown_key_must_register_first(stage: Stage) -> None:
    async with stage.http() as http:
        newcomer = Speaker(http)
        assert code_of(await newcomer.post(CLAIM, BODY)) == (401, "unknown_installation")
        first = await newcomer.register()
        assert first.json() == {"installation": newcomer.key.thumbprint()}
        assert (await newcomer.register()).json() == first.json()
        assert code_of(await newcomer.post(CLAIM, BODY)) == (410, "expired_or_unknown")


async def test_registration_wants_the_key_of_the_signature(stage: Stage) -> None:
    async with stage.http() as http:
        newcomer, other = Speaker(http), Speaker(http)
        body = {"platform": "ios", "app_version": "1.0"}
        raw = json.dumps(body).encode()
        for header in ({}, {"jwk": other.jwk}, {"jwk": newcomer.jwk, "kid": "x"}):
            proof = newcomer.proof("POST", INSTALLATIONS, raw, header=header)
            answer = await newcomer.post(INSTALLATIONS, body, content=raw, proof=proof)
            assert code_of(answer) == REFUSED


async def test_host_and_forwarded_headers_have_no_say(speaker: Speaker) -> None:
    headers = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http"}
    answer = await speaker.get("/v1/history", headers=headers)
    assert answer.status_code == 200


async def test_the_address_is_signed_as_sent(speaker: Speaker, stage: Stage) -> None:
    """Percent signs stay as they are: a decoded path would not fit its own proof."""
    answer = await speaker.get("/v1/pairings/%41%2Fb?wait=0")
    assert code_of(answer) == (404, "no_such_call")
    answer = await speaker.get("/v1/pairings/a%41b?wait=0")
    assert code_of(answer) == (410, "expired_or_unknown")
