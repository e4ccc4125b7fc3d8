"""T2: a signature carries no time, so a captured webhook comes again; nothing comes of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from identity.pairing.model import CallRef
from ivr.carriers.twilio.webhooks import Reply
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Heard, Stage, a_stage

LATER = {"a second": 1.0, "a minute": 60.0, "a day": 86_400.0}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@dataclass(slots=True, kw_only=True)
class Tapped(Caller):
    """Somebody on the line writes down every request of this call, with what it was answered."""

    captured: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def asks(self, url: str, **fields: str) -> Reply:
        reply = await Caller.asks(self, url, **fields)
        self.captured.append((url, fields, reply.body))
        return reply

    async def again(self, url: str, fields: dict[str, str]) -> Reply:
        return await Caller.asks(self, url, **fields)


def _tapped(stage: Stage) -> Tapped:
    plain = stage.caller()
    return Tapped(stage=stage, sid=plain.sid, number=plain.number)


async def _state(caller: Caller) -> tuple[object, ...]:
    """All that is known of the call, and what was asked of the carrier."""
    stage = caller.stage
    await stage.phone.background.settled()
    return (
        await stage.stores.call_rows.by_ref("main", caller.ref),
        await stage.stores.sessions.load("main", caller.ref),
        await stage.stores.pairings.by_call(stage.identity.tenant.id, CallRef(caller.ref)),
        await caller.waiting(),
        len([row async for row in stage.stores.evidence.all(stage.identity.tenant.id)]),
        len(stage.rest.asked),
    )


async def _three_times_and_at_once(caller: Tapped) -> list[tuple[bytes, list[Reply]]]:
    heard = []
    for url, fields, answered in list(caller.captured):
        one = [await caller.again(url, fields) for _ in range(3)]
        beside = await asyncio.gather(*(caller.again(url, fields) for _ in range(5)))
        heard.append((answered, [*one, *beside]))
    return heard


@pytest.mark.parametrize("seconds", LATER.values(), ids=LATER)
async def test_nothing_changes_while_the_call_is_live(stage: Stage, seconds: float) -> None:
    caller = _tapped(stage)
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await caller.waits()
    on_the_line = caller.document.bytes
    before = await _state(caller)
    stage.clock.pass_by(seconds=seconds)
    for answered, replies in await _three_times_and_at_once(caller):
        for reply in replies:
            assert reply.status == 200
            # The answer that is on the line, byte for byte; or the way to it.
            if answered == on_the_line:
                assert reply.body == answered
            else:
                assert Heard(reply).verbs == ["Redirect"]
                target = Heard(reply).closing("Redirect").text or ""
                assert (await caller.again(target, {})).body == on_the_line
    assert await _state(caller) == before


@pytest.mark.parametrize("seconds", LATER.values(), ids=LATER)
async def test_nothing_changes_after_the_call(stage: Stage, seconds: float) -> None:
    caller = _tapped(stage)
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await caller.waits()
    await caller.leaves_queue("hangup")
    await caller.status("completed")
    before = await _state(caller)
    stage.clock.pass_by(seconds=seconds)
    for answered, replies in await _three_times_and_at_once(caller):
        for reply in replies:
            assert reply.status == (200 if answered else 204)
            assert not answered or Heard(reply).verbs == ["Say", "Hangup"]
            assert not answered or "お電話ありがとうございました" in Heard(reply).said
    assert await _state(caller) == before


async def test_a_request_of_one_call_says_nothing_of_another(stage: Stage) -> None:
    """The call it was signed for is in what is signed."""
    victim, other = stage.caller("+819011112222"), stage.caller("+819033334444")
    await victim.in_check()
    before = await _state(victim)
    await other.in_check()
    await other.asks(victim.document.action, Digits="0")
    assert await _state(victim) == before
