"""Signed requests that follow the server's clock, come again when lost, and tell refusals."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from email.utils import formatdate

import httpx2
import pytest

from companion_app.device_key import DeviceKey
from companion_app.protocol import HeldPairing, Installed
from companion_app.replies import Refusal
from companion_app.service_client import TRIES, ServiceClient, Unreachable

ORIGIN = "https://id.kazasu.test"
OURS = 1_700_000_000.0
THEIRS = OURS + 3600


def _client(answer: Callable[[httpx2.Request], httpx2.Response]) -> ServiceClient:
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return ServiceClient(
        http, origin=ORIGIN, key=DeviceKey.generate(), clock=lambda: OURS, pause=_no_time
    )


async def _no_time(_: float) -> None:
    return


def _claims(request: httpx2.Request) -> dict[str, object]:
    part = request.headers["Kazasu-Proof"].split(".")[1]
    found: dict[str, object] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_a_wrong_clock_is_set_by_the_servers_date_and_the_request_comes_again() -> None:
    seen: list[dict[str, object]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(_claims(request))
        late = abs(int(str(seen[-1]["iat"])) - THEIRS) > 60
        body: dict[str, object] = {"entries": []}
        if late:
            body = {"code": "request_proof_invalid"}
        date = {"Date": formatdate(THEIRS, usegmt=True)}
        return httpx2.Response(401 if late else 200, json=body, headers=date)

    client = _client(answer)
    assert await Installed(client).history() == []
    assert [claim["iat"] for claim in seen] == [OURS, THEIRS]
    assert seen[0]["jti"] != seen[1]["jti"]
    await Installed(client).history()
    assert seen[-1]["iat"] == THEIRS


async def test_a_refused_proof_with_a_right_clock_is_told() -> None:
    count = 0

    def answer(_: httpx2.Request) -> httpx2.Response:
        nonlocal count
        count += 1
        date = {"Date": formatdate(OURS, usegmt=True)}
        return httpx2.Response(401, json={"code": "unknown_installation"}, headers=date)

    refusal = await Installed(_client(answer)).history()
    assert refusal == Refusal(code="unknown_installation", http_status=401)
    assert count == 1


async def test_a_lost_request_is_repeated_with_a_new_proof() -> None:
    seen: list[object] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(_claims(request)["jti"])
        if len(seen) < TRIES:
            raise httpx2.ConnectError("gone")
        return httpx2.Response(200, json={"entries": []})

    assert await Installed(_client(answer)).history() == []
    assert len(set(seen)) == TRIES


async def test_nobody_there() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("gone")

    with pytest.raises(Unreachable):
        await Installed(_client(answer)).history()


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(502, text="<html>"),
        httpx2.Response(200, json=[]),
        httpx2.Response(500, json={"error": "x"}),
        httpx2.Response(200, json={"status": "pending"}),
    ],
)
async def test_what_is_not_the_protocol_is_unreachable(answer: httpx2.Response) -> None:
    with pytest.raises(Unreachable):
        await Installed(_client(lambda _: answer)).claim("00000000", call_state="unknown")


async def test_refusals_are_values() -> None:
    slow = httpx2.Response(429, json={"code": "slow_down"}, headers={"Retry-After": "42"})
    refusal = await Installed(_client(lambda _: slow)).claim("00000000", call_state="unknown")
    assert refusal == Refusal(code="slow_down", http_status=429, retry_after=42)
    old = httpx2.Response(426, json={"code": "app_unsupported", "update_url": "https://x.test"})
    refusal = await Installed(_client(lambda _: old)).claim("00000000", call_state="unknown")
    assert refusal == Refusal(code="app_unsupported", http_status=426, update_url="https://x.test")


async def test_unknown_fields_and_hints_are_tolerated() -> None:
    state = {
        "pairing": "p", "status": "pending", "hint": "a_new_hint", "expires_at": "", "interval": 2,
        "weather": "fine",
    }  # fmt: skip
    call = {
        "business": {"name": "n", "logo": "", "number": "1", "since": 1900}, "dialled": "+81",
        "started_at": "", "direction": "caller", "purpose": "", "require": "id_card_auth",
    }  # fmt: skip
    answer = httpx2.Response(200, json=state | {"call": call})
    claimed = await Installed(_client(lambda _: answer)).claim("00000000", call_state="unknown")
    assert isinstance(claimed, HeldPairing)
    assert claimed.call is not None
    assert claimed.now.hint == "a_new_hint"
    assert claimed.call.line_last4 == ""
