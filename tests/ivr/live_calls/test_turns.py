"""What each carrier request is answered with, over the door: current, repeated, stale, ahead …"""

import asyncio
from typing import Any

import pytest

from ivr.carriers.twilio.signature import RawRequest
from tests.ivr.live_calls.stage import Caller, Heard, Stage

FAREWELL = "お電話ありがとうございました"


async def test_an_arrival_greets_and_asks(stage: Stage) -> None:
    heard = await stage.caller().arrives()
    assert "お電話ありがとうございます" in heard.said
    assert heard.verbs[-1] == "Gather"
    assert "/turn?n=1#" in heard.action


async def test_a_repeated_request_gives_the_same_bytes_and_changes_nothing(stage: Stage) -> None:
    caller = stage.caller()
    first = await caller.arrives()
    kept = await caller.version()
    again = await caller.asks("/carriers/twilio/voice")
    assert again.body == first.bytes
    second = await caller.presses("1")
    saved = await caller.version()
    pairing = await caller.pairing()
    # Repeated with other keys, even: the first answer stands.
    for keys in ("1", "", "0"):
        assert (await caller.asks(first.action, Digits=keys)).body == second.bytes
    assert (kept, await caller.version()) == (1, saved)
    assert await caller.pairing() == pairing


async def test_stale_and_ahead_lead_to_the_document_on_the_line(stage: Stage) -> None:
    caller = stage.caller()
    first = await caller.arrives()
    await caller.presses("1")
    third = await caller.waits()
    kept = await caller.version()
    asked = (first.action, "/carriers/twilio/turn?n=9", "/carriers/twilio/voice")
    for url in asked:
        answer = Heard(await caller.asks(url, Digits="0"))
        assert answer.verbs == ["Redirect"]
        followed = await caller.asks(answer.closing("Redirect").text or "")
        assert followed.body == third.bytes
    assert await caller.version() == kept


async def test_unknown_and_ended_calls_hear_a_polite_sentence(stage: Stage) -> None:
    unknown = Heard(await stage.caller().asks("/carriers/twilio/turn?n=1"))
    assert unknown.verbs == ["Say", "Hangup"]
    caller = stage.caller()
    first = await caller.arrives()
    assert (await caller.status("completed")).status == 204
    for url in (first.action, "/carriers/twilio/voice", "/carriers/twilio/current?n=1"):
        heard = Heard(await caller.asks(url))
        assert FAREWELL in heard.said
        assert heard.verbs == ["Say", "Hangup"]


async def test_fifty_duplicates_at_once_are_one_step(stage: Stage) -> None:
    caller = stage.caller()
    arrivals = await asyncio.gather(*(caller.asks("/carriers/twilio/voice") for _ in range(50)))
    assert len({reply.body for reply in arrivals}) == 1
    assert await caller.version() == 1
    menu = Heard(arrivals[0])
    answers = await asyncio.gather(*(caller.asks(menu.action, Digits="1") for _ in range(50)))
    assert {reply.status for reply in answers} == {200}
    assert len({reply.body for reply in answers}) == 1
    assert (await caller.session()).n == 2
    assert (await caller.pairing()).code != ""


async def test_what_fails_inside_is_a_500_that_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    menu = await caller.arrives()
    before = await caller.session()
    save = stage.stores.sessions.save

    async def broken(*_: Any, **__: Any) -> bool:
        raise ConnectionError

    monkeypatch.setattr(stage.stores.sessions, "save", broken)
    assert (await caller.asks(menu.action, Digits="1")).status == 500
    assert await caller.session() == before
    opened = await caller.pairing()
    monkeypatch.setattr(stage.stores.sessions, "save", save)
    heard = await caller.presses("1")
    assert heard.verbs[-1] == "Gather"
    again = await caller.pairing()
    assert (again.pairing, again.code) == (opened.pairing, opened.code)


async def test_late_and_repeated_status_callbacks(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    for status in ("ringing", "in-progress", "answered", "initiated"):
        await caller.status(status)
    assert (await caller.session()).wait == "identity"
    await caller.status("completed")
    row, version, pairing = await caller.row(), await caller.version(), await caller.pairing()
    assert (row.ended_at is not None, pairing.hint.value) == (True, "call_ended")
    for status in ("completed", "in-progress", "completed"):
        await caller.status(status)
    assert (await caller.row(), await caller.version()) == (row, version)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/carriers/twilio/voice", 405),
        ("HEAD", "/carriers/twilio/turn", 405),
        ("POST", "/carriers/twilio/nothing", 404),
        ("POST", "/carriers/twilio/%76oice", 404),
        ("POST", "/carriers/twilio/voice", 403),
    ],
)
async def test_other_requests_are_refused(
    stage: Stage, method: str, path: str, status: int
) -> None:
    request = RawRequest(method=method, path=path.encode(), query=b"", headers={}, body=b"")
    assert (await stage.phone.door.answer(request)).status == status


async def test_another_account_is_refused_although_signed(stage: Stage) -> None:
    reply = await stage.caller().asks("/carriers/twilio/voice", AccountSid="AC" + "0" * 32)
    assert reply.status == 403


async def test_time_outs_in_the_menu_ask_again_and_end_with_a_person(stage: Stage) -> None:
    caller: Caller = stage.caller()
    heard = await caller.arrives()
    for _ in range(6):
        if heard.verbs[-1] != "Gather":
            break
        heard = await caller.waits()
    assert heard.verbs[-1] == "Enqueue"
