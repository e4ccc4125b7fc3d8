"""A slow system of the business: the caller hears a hold, and the answer when it comes."""

import asyncio

import pytest

from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Stage


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.live_calls.errands.table._PATIENCE", 0.01)


async def test_the_answer_comes_later_and_moves_the_call(stage: Stage) -> None:
    stage.tables.gates["customer"] = asyncio.Event()
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("3")
    hold = await caller.presses("10000001")
    assert "お調べしています" in hold.said
    assert (await caller.session()).wait == "errand"
    assert "お調べしています" in (await caller.waits()).said
    stage.tables.gates["customer"].set()
    await stage.phone.background.settled()
    assert len(stage.rest.redirects) == 1
    assert "くり返します" in (await caller.hears(stage.rest.redirects[0])).said
    assert stage.tables.asked.count("customer") == 1


async def test_the_answer_never_comes(stage: Stage) -> None:
    stage.tables.gates["customer"] = asyncio.Event()
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("3")
    await caller.presses("10000001")
    stage.clock.pass_by(seconds=10)
    assert "くり返します" in (await caller.waits()).said


async def test_words_before_a_slow_lookup_are_not_lost_on_a_push(stage: Stage) -> None:
    """`open_case` is asked after the verdict, on the way to the queue."""
    stage.tables.gates["open_case"] = asyncio.Event()
    stage.tables.found["open_case"] = {"due": "2026-12-10", "fee": 0}
    caller = stage.caller()
    await caller.in_check()
    app = App(stage=stage, contract="C-1")
    await app.holds_a_contract()
    await app.verifies(caller)
    gate = asyncio.ensure_future(stage.deliver())
    while not stage.rest.redirects:  # noqa: ASYNC110  # the wire rings no bell
        await asyncio.sleep(0)
    heard = await caller.hears(stage.rest.redirects[-1])
    assert "確認できました" in heard.said
    assert "お調べしています" in heard.said
    stage.tables.gates["open_case"].set()
    await gate
    heard = await caller.hears(stage.rest.redirects[-1])
    assert "ジュウニガツ" in heard.said
    assert heard.verbs[-1] == "Enqueue"


async def test_duplicates_of_a_slow_turn_are_one(stage: Stage) -> None:
    stage.tables.gates["customer"] = asyncio.Event()
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("3")
    action = caller.document.action
    answers = await asyncio.gather(*(caller.asks(action, Digits="10000001") for _ in range(8)))
    assert len({reply.body for reply in answers}) == 1
    stage.tables.gates["customer"].set()
    await stage.phone.background.settled()
    assert len(stage.rest.redirects) == 1
    assert (await caller.session()).wait == "identity"


async def test_stopping_gives_up_what_is_under_way(stage: Stage) -> None:
    stage.tables.gates["customer"] = asyncio.Event()
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("3")
    await caller.presses("10000001")
    await stage.phone.background.close()
    await stage.phone.background.settled()
    assert stage.rest.redirects == []
