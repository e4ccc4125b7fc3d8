"""An app that says exactly what a test wants: every part of request and proof can be wrong."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import httpx2
from joserfc import jws
from joserfc.jwk import ECKey

from tests.companion_app_api.stage import ORIGIN, Stage


def packed(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


class Speaker:
    """One device key. Every call may override header fields, claims, headers and content."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.key = ECKey.generate_key("P-256")
        self._count = 0

    @property
    def jwk(self) -> dict[str, str]:
        return {k: str(v) for k, v in self.key.as_dict(private=False).items() if k in JWK}

    def proof(
        self,
        method: str,
        path: str,
        content: bytes,
        *,
        header: Mapping[str, object] | None = None,
        claims: Mapping[str, object] | None = None,
        signer: ECKey | None = None,
    ) -> str:
        self._count += 1
        said = {
            "htm": method,
            "htu": ORIGIN + path,
            "bh": packed(sha256(content).digest()),
            "iat": int(time.time()),
            "jti": f"jti-of-this-speaker-{self._count:06}",
        } | dict(claims or {})
        top = {"typ": "kazasu-proof+jwt", "alg": "ES256", "kid": self.key.thumbprint()}
        return jws.serialize_compact(
            top | dict(header or {}), json.dumps(said).encode(), signer or self.key
        )

    async def post(
        self,
        path: str,
        body: object,
        *,
        content: bytes | None = None,
        proof: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        raw = json.dumps(body).encode() if content is None else content
        return await self.http.post(
            ORIGIN + path,
            content=raw,
            headers={
                "Content-Type": "application/json",
                "Kazasu-Proof": proof or self.proof("POST", path, raw),
                **(headers or {}),
            },
        )

    async def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        proof = self.proof("GET", path, b"")
        return await self.http.get(
            ORIGIN + path, headers={"Kazasu-Proof": proof, **(headers or {})}
        )

    async def register(self, *, platform: str = "other", version: str = "1.0") -> httpx2.Response:
        body = {"platform": platform, "app_version": version}
        raw = json.dumps(body).encode()
        proof = self.proof("POST", INSTALLATIONS, raw, header={"jwk": self.jwk})
        return await self.post(INSTALLATIONS, body, content=raw, proof=proof)

    async def claimed(self, stage: Stage) -> "Claimed":
        call = await stage.a_call()
        answer = await self.post(CLAIM, {"locator": call.code, "call_state": "unknown"})
        assert answer.status_code == 200, answer.text
        return Claimed(self, stage, call)

    async def step(self, pairing: str, name: str, body: object) -> httpx2.Response:
        return await self.post(f"/v1/pairings/{pairing}/{name}", body)


class Claimed:
    """A pairing that the speaker holds."""

    def __init__(self, speaker: Speaker, stage: Stage, call: Any) -> None:
        self.speaker = speaker
        self.stage = stage
        self.call = call
        self.id = str(call.pairing)

    async def step(self, name: str, body: object) -> httpx2.Response:
        return await self.speaker.step(self.id, name, body)

    async def to_the_choice(self) -> httpx2.Response:
        return await self.step("confirm", {"answer": "i_called"})

    async def to_the_pin(self) -> httpx2.Response:
        await self.to_the_choice()
        item = await self.stage.item(self.call)
        return await self.step("choose", {"round": 1, "choice": item})


JWK = frozenset({"kty", "crv", "x", "y"})
INSTALLATIONS = "/v1/installations"
CLAIM = "/v1/pairings/claim"


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]
