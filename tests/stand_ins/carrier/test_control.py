"""The control door, its streams, and the process around it."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import httpx2
import pytest

from tests.stand_ins.carrier.conftest import ORIGIN
from tests.stand_ins.carrier.control import CALLER, LINE, OPERATOR, CarrierProcess, Control, texts

HOLD = '<Gather timeout="600"><Say>お待ちください</Say></Gather>'


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Origin": ORIGIN}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost:1"}, 200),
    ],
)
async def test_who_may_control(carrier: Control, headers: dict[str, str], status: int) -> None:
    answer = await carrier.http.get("/calls", headers=headers)
    assert answer.status_code == status
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    assert allowed == (ORIGIN if headers.get("Origin") == ORIGIN else None)


async def test_the_page_may_ask_beforehand(carrier: Control) -> None:
    headers = {"Origin": ORIGIN, "Authorization": ""}
    answer = await carrier.http.request("OPTIONS", "/calls", headers=headers)
    assert answer.status_code == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"/phones/{CALLER}/call", {"to": "+81300000000"}, 404),
        ("POST", "/phones/123/call", {"to": LINE}, 400),
        ("POST", f"/phones/{OPERATOR}/answer", {}, 409),
        ("POST", "/phones/+81999999999/answer", {}, 404),
        ("PUT", f"/phones/{OPERATOR}", {"auto_answer": -1}, 400),
        ("GET", "/calls/CA0", None, 404),
        ("POST", "/faults", {"kind": "earthquake"}, 400),
        ("POST", "/faults", [], 400),
        ("PUT", "/speed", {"speed": 0}, 400),
        ("PUT", f"/numbers/{LINE}", {"voice_url": "ftp://a"}, 400),
        ("PUT", f"/numbers/{LINE}", {"voice_url": "http://a/", "colour": "red"}, 400),
    ],
)
async def test_what_cannot_be_done_is_refused(
    carrier: Control, method: str, path: str, body: object, status: int
) -> None:
    answer = await carrier.http.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_one_phone_has_one_call_and_odd_keys_are_refused(carrier: Control) -> None:
    sid = await carrier.call(HOLD)
    order = {"to": LINE}
    assert (await carrier.http.post(f"/phones/{CALLER}/call", json=order)).status_code == 409
    assert (await carrier.http.post(f"/calls/{sid}/keys", json={"digits": "1a"})).status_code == 400
    await carrier.hang_up(sid)
    await carrier.kind(sid, "end")
    assert (await carrier.http.post(f"/calls/{sid}/keys", json={"digits": "1"})).status_code == 409


async def test_a_call_shows_its_state_caption_and_newer_entries(carrier: Control) -> None:
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    shown = await carrier.send("GET", f"/calls/{sid}")
    assert (shown["state"], shown["caption"], shown["over"]) == (
        "in-progress",
        "お待ちください",
        False,
    )
    newer = await carrier.send("GET", f"/calls/{sid}?after=2")
    assert newer["timeline"][0]["id"] == 3
    assert shown["silence"] == []


async def test_a_stream_resumes_and_ends_with_nothing_lost(carrier: Control) -> None:
    sid = await carrier.call("<Say>a</Say>")
    whole = await carrier.played(sid)
    resumed = carrier.entries(sid, after=len(whole) - 2)
    assert [await anext(resumed), await anext(resumed)] == whole[-2:]
    await resumed.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_the_operator_answers_by_hand(carrier: Control) -> None:
    await carrier.send("PUT", f"/phones/{OPERATOR}", auto_answer=None)
    carrier.service.on("/dialled", "<Hangup/>")
    sid = await carrier.call(f'<Dial action="/dialled" timeout="600">{OPERATOR}</Dial>')
    leg = await carrier.child_of(sid)
    await carrier.kind(leg, "status", "ringing")
    phones = (await carrier.send("GET", "/phones"))["phones"]
    assert {"number": OPERATOR, "auto_answer": None, "state": "ringing", "call_sid": leg} in phones
    assert (await carrier.send("POST", f"/phones/{OPERATOR}/answer"))["call_sid"] == leg
    await carrier.kind(sid, "bridge", "talks")
    await carrier.hang_up(sid)
    assert texts(await carrier.played(leg), "end")


async def test_all_calls_in_one_stream(carrier: Control) -> None:
    sid = await carrier.call("<Say>a</Say>")
    async with asyncio.timeout(60), carrier.http.stream("GET", "/events") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ") and json.loads(line[6:])["call_sid"] == sid:
                return
    raise AssertionError("the call is not in the stream")


async def test_speed_can_be_changed(carrier: Control) -> None:
    try:
        assert await carrier.send("PUT", "/speed", speed=200) == {"speed": 200}
        assert (await carrier.send("GET", "/speed"))["speed"] == 200
    finally:
        await carrier.send("PUT", "/speed", speed=50)


async def test_the_process_ends_at_once_with_an_open_stream(tmp_path: Path) -> None:
    carrier = CarrierProcess.start(tmp_path)
    token_file = tmp_path / "control-token"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    base = f"http://127.0.0.1:{carrier.port}"
    headers = {"Authorization": f"Bearer {carrier.token}"}
    async with (
        httpx2.AsyncClient(base_url=base, headers=headers, trust_env=False) as http,
        http.stream("GET", "/events") as stream,
    ):
        assert stream.status_code == 200
        assert await asyncio.to_thread(carrier.stop) == 0


def test_unusable_options_are_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="exit code 2"):
        CarrierProcess.start(tmp_path, "--number", "0312345678=http://127.0.0.1/")
