"""Every fault that can be ordered, seen from the service."""

from __future__ import annotations

import pytest

from tests.stand_ins.carrier.control import Control, texts

ALL = ["initiated", "ringing", "answered", "completed"]


@pytest.mark.parametrize(("kind", "tokens"), [("same", 1), ("new", 2)])
async def test_a_request_may_come_twice(carrier: Control, kind: str, tokens: int) -> None:
    await carrier.fault(f"duplicate_{kind}_token", path="/voice")
    timeline = await carrier.played(await carrier.call("<Say>a</Say>", "<Say>b</Say>"))
    asked = carrier.service.of("/voice")
    assert len(asked) == 2
    assert len({r.token for r in asked}) == tokens
    assert asked[0].form == asked[1].form
    assert texts(timeline, "say") == ["a"]
    assert [e["same_answer"] for e in timeline if "same_answer" in e] == [False]


async def test_a_late_copy_comes_after_the_next_request(carrier: Control) -> None:
    carrier.service.on("/next", "<Say>b</Say>")
    await carrier.fault("late_copy", path="/voice", seconds=1)
    sid = await carrier.call("<Redirect>/next</Redirect>", "<Say>c</Say>")
    await carrier.service.got("/voice", 2)
    assert [r.path for r in carrier.service.received] == ["/voice", "/next", "/voice"]
    assert texts(await carrier.played(sid), "say") == ["b"]


async def test_a_request_may_leave_late(carrier: Control) -> None:
    await carrier.fault("delay", seconds=30)
    timeline = await carrier.played(await carrier.call("<Say>a</Say>"))
    assert next(e["at"] for e in timeline if e["kind"] == "document") >= 30


async def test_one_failed_connection_is_retried(carrier: Control) -> None:
    await carrier.fault("connect_failure", attempts=1)
    timeline = await carrier.played(await carrier.call("<Say>a</Say>"))
    assert next(e for e in timeline if e["kind"] == "webhook")["attempts"] == 2
    assert texts(timeline, "say") == ["a"]


@pytest.mark.parametrize(
    ("kind", "code", "seen"),
    [("connect_failure", "11205", 0), ("read_timeout", "11200", 1), ("http_error", "11217", 1)],
)
async def test_failures_lead_to_the_fallback(
    carrier: Control, kind: str, code: str, seen: int
) -> None:
    service = carrier.service
    fallback = service.on("/fallback", "<Hangup/>")
    await carrier.serve(voice_url=service.base + "/voice", fallback_url=fallback)
    await carrier.fault(kind, path="/voice")
    await carrier.played(await carrier.call("<Say>not heard</Say>"))
    assert service.of("/fallback")[0].form["ErrorCode"] == code
    assert len(service.of("/voice")) == seen


async def test_a_gather_may_send_no_digits_key(carrier: Control) -> None:
    carrier.service.on("/next", "<Hangup/>")
    await carrier.fault("no_digits_key")
    ask = '<Gather timeout="1" action="/next" actionOnEmptyResult="true"/>'
    await carrier.played(await carrier.call(ask))
    assert "Digits" not in carrier.service.of("/next")[0].form


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("", ["initiated", "ringing", "in-progress", "completed"]),
        ("drop_completed", ["initiated", "ringing", "in-progress"]),
        ("repeat_status", ["initiated", "initiated", "ringing", "in-progress", "completed"]),
        ("reorder_status", ["ringing", "initiated", "in-progress", "completed"]),
    ],
)
async def test_status_callbacks_repeat_reorder_and_vanish(
    carrier: Control, kind: str, told: list[str]
) -> None:
    service = carrier.service
    status = service.on("/status", "")
    await carrier.serve(
        voice_url=service.base + "/voice", status_callback=status, status_events=ALL
    )
    if kind:
        await carrier.fault(kind)
    sid = await carrier.call("<Say>a</Say>")
    await carrier.played(sid)
    await service.got("/status", len(told))
    if kind == "drop_completed":
        await carrier.kind(sid, "fault", "drop_completed")
    assert [r.form["CallStatus"] for r in service.of("/status")] == told


async def test_a_fault_is_used_up_and_can_be_narrowed(carrier: Control) -> None:
    await carrier.fault("http_error", path="/elsewhere", times=0)
    await carrier.fault("http_error", call_sid="CA" + "0" * 32)
    await carrier.fault("delay", seconds=1)
    sid = await carrier.call("<Redirect>/voice</Redirect>", "<Say>a</Say>")
    timeline = await carrier.played(sid)
    assert len(texts(timeline, "fault")) == 1
    assert texts(timeline, "say") == ["a"]
    standing = (await carrier.send("GET", "/faults"))["faults"]
    assert [(f["kind"], f["used"]) for f in standing] == [
        ("http_error", 0),
        ("http_error", 0),
        ("delay", 1),
    ]
