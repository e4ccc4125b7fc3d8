"""What a body may be: capped, strict JSON, known fields only; and answers quote nothing."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.companion_app_api.speaking import CLAIM, Speaker, code_of

GOOD = {"locator": "00000000", "call_state": "unknown"}

BAD_CONTENT: dict[str, tuple[bytes, tuple[int, str]]] = {
    "empty": (b"", (400, "not_json")),
    "not_an_object": (b"[]", (400, "not_json")),
    "duplicate_name": (
        b'{"locator":"00000000","locator":"11111111","call_state":"unknown"}',
        (400, "not_json"),
    ),
    "nan": (b'{"locator":NaN,"call_state":"unknown"}', (400, "not_json")),
    "infinite": (b'{"locator":1e999,"call_state":"unknown"}', (400, "not_json")),
    "huge_integer": (b'{"locator":' + b"9" * 6000 + b"}", (400, "not_json")),
    "two_values": (b"{}{}", (400, "not_json")),
    "byte_order_mark": (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), (400, "not_json")),
    "utf_16": (json.dumps(GOOD).encode("utf-16"), (400, "not_json")),
    "not_utf_8": (b'{"locator":"\xff"}', (400, "not_json")),
    "lone_surrogate": (
        b'{"locator":"\\ud800aaaaaaaaaaaaaaaaaaaaaaaa","call_state":"unknown"}',
        (400, "invalid_request"),
    ),
    "too_deep": (b'{"a":' * 20 + b"[]" + b"}" * 20, (400, "too_deep")),
    "bracket_bomb": (b"[" * 60_000, (400, "too_deep")),
    "too_large": (b'{"a":"' + b"x" * 65_536 + b'"}', (413, "body_too_large")),
}

BAD_FIELDS: dict[str, tuple[dict[str, object], str | None]] = {
    "missing": ({"call_state": "unknown"}, "locator"),
    "null": ({**GOOD, "locator": None}, "locator"),
    "number": ({**GOOD, "locator": 12345678}, "locator"),
    "seven_digits": ({**GOOD, "locator": "1234567"}, "locator"),
    "nine_digits": ({**GOOD, "locator": "123456789"}, "locator"),
    "newline_behind": ({**GOOD, "locator": "12345678\n"}, "locator"),
    "full_width": (
        {**GOOD, "locator": "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18"},
        "locator",
    ),
    "other_state": ({**GOOD, "call_state": "ringing"}, "call_state"),
    "unknown_field": ({**GOOD, "pin": "1234"}, None),
}


@pytest.mark.parametrize("name", BAD_CONTENT)
async def test_bad_content(speaker: Speaker, name: str) -> None:
    content, expected = BAD_CONTENT[name]
    assert code_of(await speaker.post(CLAIM, None, content=content)) == expected


@pytest.mark.parametrize("name", BAD_FIELDS)
async def test_bad_fields(speaker: Speaker, name: str) -> None:
    body, field = BAD_FIELDS[name]
    answer = await speaker.post(CLAIM, body)
    assert code_of(answer) == (400, "invalid_request")
    assert answer.json().get("field") == field
    assert "1234" not in answer.text


async def test_a_body_without_a_length_is_capped_too(speaker: Speaker) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 4096

    answer = await speaker.http.post(
        f"https://id.kazasu.test{CLAIM}",
        content=endless(),
        headers={
            "Content-Type": "application/json",
            "Kazasu-Proof": speaker.proof("POST", CLAIM, b""),
        },
    )
    assert code_of(answer) == (413, "body_too_large")


async def test_depth_twenty_is_allowed(speaker: Speaker) -> None:
    content = b'{"a":' * 19 + b"[]" + b"}" * 19
    assert code_of(await speaker.post(CLAIM, None, content=content)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=shift_jis"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_media_type(speaker: Speaker, headers: dict[str, str]) -> None:
    answer = await speaker.post(CLAIM, GOOD, headers=headers)
    assert code_of(answer) == (415, "unsupported_media_type")


async def test_a_get_has_no_body(speaker: Speaker) -> None:
    path = "/v1/history"
    answer = await speaker.http.request(
        "GET",
        f"https://id.kazasu.test{path}",
        content=b"{}",
        headers={"Kazasu-Proof": speaker.proof("GET", path, b"{}")},
    )
    assert code_of(answer) == (413, "body_too_large")


@pytest.mark.parametrize("query", ["wait=26", "wait=-1", "wait=x", "other=1", "wait=1&wait=2"])
async def test_queries_are_strict_too(speaker: Speaker, query: str) -> None:
    answer = await speaker.get(f"/v1/pairings/unknown?{query}")
    assert code_of(answer) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/nothing"), ("GET", CLAIM + "/x"), ("DELETE", CLAIM), ("PUT", "/v1/history")],
)
async def test_no_such_call(speaker: Speaker, method: str, path: str) -> None:
    answer = await speaker.http.request(method, f"https://id.kazasu.test{path}")
    assert code_of(answer) == (404, "no_such_call")


async def test_every_answer_is_private(speaker: Speaker) -> None:
    for answer in (await speaker.get("/v1/history"), await speaker.post(CLAIM, GOOD)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
