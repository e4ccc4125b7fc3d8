"""From the queue to the talk and out of it: whoever is first, nobody is left alone or twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copytree

import pytest
import pytest_asyncio

from door_frame.staff import StaffAccount
from ivr.queues.model import Presence, WaitingState
from tests.ivr.live_calls.stage import FLOWS, Caller, Heard, Stage, a_stage

DOOR = "/carriers/twilio"
LEG, OTHER_LEG = "CA" + "f" * 32, "CA" + "e" * 32


@pytest_asyncio.fixture
async def caller(stage: Stage) -> AsyncIterator[Caller]:
    """In the general queue, offered to the one operator who is there."""
    for name in ("mari", "ken"):
        await stage.stores.staff.add(
            StaffAccount(
                tenant="main",
                id=name,
                login=name,
                name=name,
                password_hash="",
                phone="+815011112222",
                queues=("general", "verified", "safety"),
            )
        )
    await stage.phone.presence.choose("main", "mari", Presence.AVAILABLE)
    made = stage.caller()
    await made.arrives()
    await made.presses("0")
    yield made


async def answer(stage: Stage, caller: Caller, operator: str = "mari") -> str:
    waiting = await caller.waiting()
    assert waiting is not None
    await stage.phone.answering.answer("main", operator, waiting.token)
    return waiting.token


async def state(caller: Caller) -> WaitingState:
    waiting = await caller.waiting()
    assert waiting is not None
    return waiting.state


async def talking(stage: Stage, caller: Caller) -> str:
    token = await answer(stage, caller)
    await stage.post(f"{DOOR}/operator?token={token}", LEG)
    await caller.asks(f"{DOOR}/joined?token={token}", DequeingCallSid=LEG)
    return token


async def test_the_operators_leg_joins_the_very_call(stage: Stage, caller: Caller) -> None:
    token = await answer(stage, caller)
    method, path, fields = stage.rest.asked[-1]
    assert (method, path.endswith("/Calls.json"), fields["To"]) == ("POST", True, "+815011112222")
    assert f"token={token}" in fields["Url"]
    leg = Heard(await stage.post(fields["Url"].split("#")[0], LEG))
    queue = leg.closing("Dial").find("Queue")
    assert queue is not None
    assert queue.text == token == caller.document.token
    assert await state(caller) is WaitingState.RINGING
    joined = await caller.asks(queue.attrib["url"].split("#")[0], DequeingCallSid=LEG)
    assert Heard(joined).verbs == []
    assert await state(caller) is WaitingState.TALKING
    assert (await caller.session()).wait == "talk"


async def test_an_operator_is_faster_than_the_callers_words(stage: Stage, caller: Caller) -> None:
    """The carrier knows no such queue yet: the operator waits until it does."""
    token = await answer(stage, caller)
    url = f"{DOOR}/operator?token={token}"
    for _ in range(3):
        leg = Heard(await stage.post(url, LEG, DialCallStatus="failed"))
        url = leg.closing("Dial").attrib["action"]
        assert await state(caller) is WaitingState.RINGING
        stage.clock.pass_by(seconds=30)
        await stage.phone.offering.tick("main")
    await caller.asks(f"{DOOR}/joined?token={token}", DequeingCallSid=LEG)
    done = Heard(await stage.post(url, LEG, DialCallStatus="completed"))
    assert done.verbs == ["Hangup"]


async def test_a_leg_that_was_never_joined_gives_the_caller_back(
    stage: Stage, caller: Caller
) -> None:
    token = await answer(stage, caller)
    await stage.phone.presence.choose("main", "ken", Presence.AVAILABLE)
    await stage.post(f"{DOOR}/operator?token={token}", LEG)
    await stage.post(f"{DOOR}/operator-status?token={token}", LEG, CallStatus="completed")
    waiting = await caller.waiting()
    assert waiting is not None
    assert (waiting.state, waiting.offered_to) == (WaitingState.WAITING, "ken")
    assert (await caller.row()).ended_at is None


async def test_what_happens_to_the_operators_leg_never_ends_the_callers_call(
    stage: Stage, caller: Caller
) -> None:
    token = await talking(stage, caller)
    for status in ("completed", "failed", "busy"):
        await stage.post(f"{DOOR}/operator-status?token={token}", LEG, CallStatus=status)
        await stage.post(f"{DOOR}/status", LEG, CallStatus=status)
    assert (await caller.row()).ended_at is None
    assert (await caller.session()).wait == "talk"
    assert await state(caller) is WaitingState.TALKING


async def test_an_earlier_leg_neither_joins_nor_ends_the_present_one(
    stage: Stage, caller: Caller
) -> None:
    token = await answer(stage, caller)
    heard = await stage.post(f"{DOOR}/operator?token={token}", OTHER_LEG)
    assert Heard(heard).verbs == ["Hangup"]
    await caller.asks(f"{DOOR}/joined?token={token}", DequeingCallSid=OTHER_LEG)
    await stage.post(f"{DOOR}/operator-status?token={token}", OTHER_LEG, CallStatus="completed")
    assert await state(caller) is WaitingState.RINGING
    assert (await caller.session()).wait == "queue"


async def test_ringing_answered_but_lost_is_not_rung_twice(stage: Stage, caller: Caller) -> None:
    stage.rest.troubles.append(500)
    await answer(stage, caller)
    assert sum(path.endswith("/Calls.json") for _, path, _ in stage.rest.asked) == 1
    assert await state(caller) is WaitingState.WAITING


async def test_the_talk_is_over(stage: Stage, caller: Caller) -> None:
    token = await talking(stage, caller)
    heard = await caller.leaves_queue("bridged")
    await stage.phone.background.settled()
    assert heard.verbs == ["Hangup"]
    assert stage.rest.asked[-1][0] == "DELETE"
    await caller.status("completed")
    assert await state(caller) is WaitingState.GONE
    operators = {o.id: o.presence for o in await stage.stores.operators.all("main")}
    assert operators["mari"] is Presence.WRAP_UP
    assert await stage.phone.pop.by_token("main", token) is None


async def test_a_hang_up_in_the_queue_told_twice_in_either_order(stage: Stage) -> None:
    for first in ("left", "status"):
        caller = stage.caller()
        await caller.arrives()
        queued = await caller.presses("0")
        action = queued.closing("Enqueue").attrib["action"]
        if first == "left":
            assert (await caller.asks(action, QueueResult="hangup")).status == 200
            await caller.status("completed")
        else:
            await caller.status("completed")
            assert (await caller.asks(action, QueueResult="hangup")).status == 200
        assert await state(caller) is WaitingState.GONE
        assert (await caller.session()).wait == "ended"
        assert (await caller.row()).ended_at is not None


async def test_waiting_too_long_leaves_with_words(stage: Stage, caller: Caller) -> None:
    turn = Heard(await caller.asks(f"{DOOR}/queue"))
    assert turn.verbs[-1] == "Play"
    stage.clock.pass_by(minutes=11)
    assert Heard(await caller.asks(f"{DOOR}/queue")).verbs == ["Leave"]
    heard = await caller.leaves_queue("leave")
    assert "混み合って" in heard.said
    assert heard.verbs[-1] == "Hangup"


async def test_the_position_is_told_and_consumes_nothing(stage: Stage, caller: Caller) -> None:
    kept = await caller.version()
    turns = [Heard(await caller.asks(f"{DOOR}/queue")) for _ in range(3)]
    assert "1番目" in turns[0].said or "イチ" in turns[0].said
    assert await caller.version() == kept


async def test_redirected_out_of_the_queue_comes_back_to_the_current_document(
    stage: Stage, caller: Caller
) -> None:
    on_the_line = caller.document.bytes
    heard = await caller.leaves_queue("redirected")
    assert heard.bytes == on_the_line
    await stage.phone.background.settled()
    assert [method for method, _, _ in stage.rest.asked] == []


async def unsaved(*_: object, **__: object) -> bool:
    raise ConnectionError


async def test_leaving_one_queue_again_keeps_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow in which a full desk hands over to another: repeats do not take the new place away,
    not even after a turn that did all its errands and was not saved."""
    folder = tmp_path / "flows"
    copytree(FLOWS, folder)
    main = folder / "main-inbound.yaml"
    moved = "general_queue: {route: {queue: general}, outcomes: {timeout: safety_queue}}"
    text = main.read_text("utf-8")
    before = "general_queue: {route: {queue: general, attributes: [answers.topic]}}"
    assert before in text
    main.write_text(text.replace(before, moved), "utf-8")
    async with a_stage(tmp_path, flows_dir=folder) as stage:
        caller = stage.caller()
        await caller.arrives()
        action = (await caller.presses("0")).closing("Enqueue").attrib["action"]
        with monkeypatch.context() as broken:
            broken.setattr(stage.stores.sessions, "save", unsaved)
            assert (await caller.asks(action, QueueResult="leave")).status == 500
        asked = [caller.asks(action, QueueResult="leave") for _ in range(10)]
        answers = await asyncio.gather(*asked)
        assert len({reply.body for reply in answers}) == 1
        open_rows = await stage.stores.waiting.open("main")
        assert [(row.queue, row.token) for row in open_rows] == [
            ("safety", Heard(answers[0]).token)
        ]


async def test_a_queue_that_cannot_be_read_keeps_the_place_and_speaks(
    stage: Stage, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_tenant: str) -> list[object]:
        raise ConnectionError

    monkeypatch.setattr(stage.stores.waiting, "open", broken)
    heard = Heard(await caller.asks(f"{DOOR}/queue"))
    assert "お待ちください" in heard.said
    assert await state(caller) is WaitingState.WAITING


async def test_the_sweep_ends_calls_without_a_last_word(stage: Stage, caller: Caller) -> None:
    await stage.phone.sweep.turn()
    assert (await caller.row()).ended_at is None
    assert await caller.version() > 0
    stage.clock.pass_by(hours=4, minutes=1)
    await stage.phone.sweep.turn()
    assert (await caller.row()).ended_at is not None
    assert await state(caller) is WaitingState.GONE


async def test_the_sweep_keeps_the_session_of_a_long_talk(stage: Stage, caller: Caller) -> None:
    await talking(stage, caller)
    stage.clock.pass_by(minutes=50)
    await stage.phone.sweep.turn()
    assert (await caller.leaves_queue("bridged")).verbs == ["Hangup"]
