"""T30: a redirect that fails, or happens twice, costs the caller nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from ivr.carriers.twilio import rest
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage, a_stage

FAILURES: dict[str, int | Exception] = {
    "too many": 429,
    "broken": 500,
    "away": 503,
    "refused": 401,
    "gone": 404,
    "never connected": httpx2.ConnectError("away"),
    "answer lost": httpx2.ReadError("lost"),
    "slow": httpx2.ReadTimeout("slow"),
}


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(rest, "_FIRST_WAIT", 0.001)
    monkeypatch.setattr(rest, "_PUSH_WITHIN", 0.5)
    async with a_stage(tmp_path) as made:
        yield made


async def _verified(stage: Stage) -> Caller:
    """The verdict is durable and told, and the call has not come back yet."""
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    return caller


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_the_waiting_loop_finds_the_result_without_any_redirect(
    stage: Stage, failure: int | Exception
) -> None:
    stage.rest.troubles.extend([failure] * 10_000)
    caller = await _verified(stage)
    heard = await caller.waits()  # what the hold asks by itself, when its seconds are over
    assert "確認できました" in heard.said or "Enqueue" in heard.verbs
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.queue == "verified"


async def test_a_passing_failure_is_tried_again_and_asked_once(stage: Stage) -> None:
    stage.rest.troubles.extend([429, 503, httpx2.ConnectError("away")])
    await _verified(stage)
    numbers = {url.partition("?n=")[2].partition("&")[0] for url in stage.rest.redirects}
    assert len(stage.rest.redirects) == 4
    assert len(numbers) == 1  # every try asks for the same document


async def test_a_push_whose_answer_is_lost_is_not_done_again(stage: Stage) -> None:
    stage.rest.troubles.append(httpx2.ReadError("lost"))
    await _verified(stage)
    assert len(stage.rest.redirects) == 1


async def test_two_documents_fetched_by_one_redirect_are_one_step(stage: Stage) -> None:
    """The interrupted verb's own request comes too, before ours or after it, or both at once."""
    caller = await _verified(stage)
    (redirect,) = stage.rest.redirects
    own = caller.document.action
    first = await caller.hears(redirect)
    assert (await caller.asks(own, Digits="")).body == first.bytes
    assert (await caller.asks(redirect)).body == first.bytes
    beside = await asyncio.gather(*(caller.asks(url) for url in (own, redirect) * 4))
    assert {reply.body for reply in beside} == {first.bytes}
    rows = [row for row in await stage.stores.waiting.open("main") if row.call_ref == caller.ref]
    assert len(rows) == 1


async def test_a_redirect_of_an_earlier_step_changes_nothing(stage: Stage) -> None:
    caller = await _verified(stage)
    (redirect,) = stage.rest.redirects
    await caller.hears(redirect)
    before = await caller.version()
    await caller.presses("") if "Gather" in caller.document.verbs else None
    moved = await caller.version()
    heard = await caller.asks(redirect)
    assert heard.status == 200
    assert await caller.version() == moved >= before


async def test_a_call_that_is_over_is_not_redirected_again(stage: Stage) -> None:
    caller = await _verified(stage)
    await caller.status("completed")
    asked = len(stage.rest.asked)
    await stage.deliver()
    assert len(stage.rest.redirects) <= 1
    assert len(stage.rest.asked) == asked
