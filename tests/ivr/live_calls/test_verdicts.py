"""A verdict reaches the call by push or by poll, before or after anything else, exactly once."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import BASE, Caller, Heard, Stage

VERIFIED = "確認できました"


async def routed_once(caller: Caller, heard: Heard) -> None:
    """In the verified queue, told so, under the one token that screens know."""
    assert VERIFIED in heard.said
    waiting = await caller.waiting()
    assert waiting is not None
    assert (waiting.queue, waiting.token) == ("verified", heard.token)
    rows = await caller.stage.stores.waiting.open(caller.stage.identity.tenant.id)
    assert len(rows) == 1


async def test_by_push(stage: Stage) -> None:
    """Saved as pending, then the live call is redirected with the number of the document on it."""
    caller = stage.caller()
    await caller.in_check()
    before = await caller.session()
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    session = await caller.session()
    assert (session.n, session.wait) == (before.n, "queue")
    assert session.pending is not None
    assert stage.rest.redirects[-1].startswith(
        f"{BASE}/carriers/twilio/turn?n={before.n}&resumed=1#"
    )
    await routed_once(caller, await caller.hears(stage.rest.redirects[-1]))


async def test_by_poll_when_the_push_is_lost(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await routed_once(caller, await caller.waits())
    kept = await caller.session()
    await stage.deliver()
    # The late push finds the call in its queue: nothing to say, nothing to redirect.
    now = await caller.session()
    assert stage.rest.redirects == []
    assert (now.n, now.wait, now.document, now.identity, now.transfer) == (
        *(kept.n, "queue", kept.document, kept.identity),
        kept.transfer,
    )


async def test_a_call_that_asks_no_more_is_not_pulled_away(stage: Stage) -> None:
    """After a restart it may be with a person by way of the fallback; a hold asks by itself."""
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await stage.deliver(stage.another_process())
    assert stage.rest.redirects == []
    await routed_once(caller, await caller.waits())


async def _breaks(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(type(caller.stage.stores.sessions), "load", away)
        reply = await caller.asks(caller.document.action, Digits="")
    assert reply.status == 500


async def _waits_no_longer(caller: Caller, _: pytest.MonkeyPatch) -> None:
    asked = asyncio.ensure_future(caller.asks(caller.document.action, Digits=""))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked


@pytest.mark.parametrize("state", ["queued", "ringing", "in-progress"])
async def test_a_call_whose_fallback_rings_a_person_is_left_to_them(
    stage: Stage, state: str
) -> None:
    """Whoever could not answer it may be another process: the carrier knows in any case."""
    caller = stage.caller()
    await caller.in_check()
    stage.rest.legs = ["no-answer", state]
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    assert stage.rest.redirects == []
    assert (await caller.session()).pending is not None
    stage.rest.legs = ["no-answer", "completed"]
    await routed_once(caller, await caller.waits())


@pytest.mark.parametrize("trouble", [_breaks, _waits_no_longer])
async def test_a_call_that_we_could_not_answer_is_left_to_the_fallback(
    stage: Stage,
    trouble: Callable[[Caller, pytest.MonkeyPatch], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By then a person talks with the caller; a push would pull them out of that."""
    caller = stage.caller()
    await caller.in_check()
    await trouble(caller, monkeypatch)
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    assert stage.rest.redirects == []


async def test_a_call_that_asks_again_after_we_failed_is_pushed_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    await caller.in_check()
    await _breaks(caller, monkeypatch)
    await caller.waits()
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    await routed_once(caller, await caller.hears(stage.rest.redirects[-1]))


@pytest.mark.parametrize("trouble", [500, 404, httpx2.ReadTimeout("")])
async def test_by_the_hold_when_the_redirect_fails(
    stage: Stage, trouble: int | Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.carriers.twilio.rest._GIVE_UP_AFTER", 0.01)
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    stage.rest.troubles.extend([trouble] * 20)
    await stage.deliver()
    await routed_once(caller, await caller.waits())


@pytest.mark.parametrize("redirect_first", [True, False])
async def test_redirect_and_hold_turn_race_to_the_same_bytes(
    stage: Stage, redirect_first: bool
) -> None:
    caller = stage.caller()
    hold = await caller.in_check()
    await App(stage=stage).verifies(caller)
    await stage.deliver()
    urls = [stage.rest.redirects[-1], hold.action]
    first, second = urls if redirect_first else reversed(urls)
    one = await caller.hears(first, Digits="")
    assert (await caller.asks(second, Digits="0")).body == one.bytes
    await routed_once(caller, one)


async def test_before_the_save_of_a_running_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict and its push come while a hold turn is between its look and its save."""
    caller = stage.caller()
    await caller.in_check()
    save, app = stage.stores.sessions.save, App(stage=stage)
    elsewhere = stage.another_process()
    asked = await app.confirms(await app.claims(caller))
    chosen = await app.chooses(caller, asked)
    ran = False

    async def late(*args: object, **more: object) -> bool:
        nonlocal ran
        if not ran:
            ran = True
            await app.proves(chosen)
            await stage.deliver(elsewhere)
        return await save(*args, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(stage.stores.sessions, "save", late)
    await routed_once(caller, await caller.waits())


async def test_told_twice(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await asyncio.gather(*(stage.phone.calls.hear(caller.ref) for _ in range(5)))
    await stage.deliver()
    assert len(stage.rest.redirects) == 1
    await routed_once(caller, await caller.waits())


async def test_progress_is_heard_at_the_next_turn_and_the_item_at_once(stage: Stage) -> None:
    caller, app = stage.caller(), App(stage=stage)
    await caller.in_check()
    pairing = await app.claims(caller)
    await stage.deliver()
    assert "アプリ" in (await caller.hears(stage.rest.redirects[-1])).said
    await app.confirms(pairing)
    await stage.deliver()
    assert len(stage.rest.redirects) == 2
    heard = await caller.hears(stage.rest.redirects[-1])
    assert "選んで" in heard.said
    assert "選んで" in (await caller.waits()).said


async def test_a_hold_turn_alone_follows_the_app(stage: Stage) -> None:
    caller, app = stage.caller(), App(stage=stage)
    await caller.in_check()
    await app.confirms(await app.claims(caller))
    assert "選んで" in (await caller.waits()).said


async def test_an_alarm_stops_the_check_and_every_later_one(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).declines(caller)
    await stage.deliver()
    heard = await caller.hears(stage.rest.redirects[-1])
    assert "安全のため" in heard.said
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.queue == "safety"
    assert (await caller.session()).identity.alarm == "user_declined_call"
    pop = await stage.phone.pop.by_token(waiting.tenant, waiting.token)
    assert pop is not None
    assert (pop.badge, pop.hint, pop.contracts) == ("red", "user_declined_call", ())


async def test_a_proof_after_the_end_verifies_nobody(stage: Stage) -> None:
    caller, app = stage.caller(), App(stage=stage)
    await caller.in_check()
    await app.chooses(caller, await app.confirms(await app.claims(caller)))
    await caller.status("completed")
    assert (await caller.pairing()).hint.value == "call_ended"
    await stage.deliver()
    assert (await caller.session()).wait == "ended"
    assert (await caller.waiting()) is None


async def test_slow_carrier_delays_no_other_call(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redirects run beside the delivery of news, so each call's news is taken at once."""
    gate = asyncio.Event()
    fetch = stage.rest.handle_async_request

    async def slow(request: httpx2.Request) -> httpx2.Response:
        await gate.wait()
        return await fetch(request)

    monkeypatch.setattr(stage.rest, "handle_async_request", slow)
    callers = [stage.caller(f"+81901234000{line}") for line in range(3)]
    for caller in callers:
        await caller.in_check()
        await App(stage=stage).claims(caller)
    delivering = asyncio.ensure_future(stage.deliver())
    while await stage.stores.outbox.waiting():  # noqa: ASYNC110  # the store rings no bell
        await asyncio.sleep(0)
    assert [(await caller.session()).pending is not None for caller in callers] == [True] * 3
    assert stage.rest.redirects == []
    gate.set()
    await delivering
    assert len(stage.rest.redirects) == 3


@pytest.mark.parametrize("minutes", [4, 10, 70, -10])
async def test_a_clock_that_jumps_to_and_fro_leaves_nobody_without_a_document(
    stage: Stage, minutes: int
) -> None:
    """By our clock the code has run out, by the database's it has not (fault F10)."""
    caller = stage.caller()
    await caller.in_check()
    stage.clock.pass_by(minutes=minutes)
    for turn in range(6):
        if caller.document.root.find("Gather") is None:
            break
        await caller.waits()
        stage.clock.pass_by(minutes=-minutes if turn % 2 == 0 else minutes)
    assert caller.document.verbs
