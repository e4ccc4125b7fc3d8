"""Keys while the app is at work: each does its own thing once, however often it is asked."""

import asyncio
from typing import Any

import pytest

from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage


@pytest.fixture(params=[False, True], ids=["unclaimed", "claimed"])
async def caller(stage: Stage, request: pytest.FixtureRequest) -> Caller:
    """In the hold; the app may have come meanwhile, and no push told of it."""
    made = stage.caller()
    await made.in_check()
    if request.param:
        app = App(stage=stage)
        await app.confirms(await app.claims(made))
    return made


async def test_zero_reaches_a_person(caller: Caller) -> None:
    heard = await caller.presses("0")
    assert heard.verbs[-1] == "Enqueue"
    waiting = await caller.waiting()
    assert waiting is not None
    assert (waiting.queue, waiting.reason) == ("general", "caller_skipped")
    assert (await caller.pairing()).hint.value == "caller_skipped"


async def test_nine_goes_on_without_the_check(caller: Caller) -> None:
    heard = await caller.presses("9")
    assert "本人確認なし" in heard.said
    assert (await caller.pairing()).hint.value == "caller_skipped"


async def test_one_gives_more_time_once(caller: Caller) -> None:
    before = await caller.pairing()
    heard = await caller.presses("1")
    after = await caller.pairing()
    assert (after.extended, after.expires_at > before.expires_at) == (True, True)
    check = (await caller.session()).check
    assert check is not None
    assert check.extended
    assert heard.verbs == ["Gather"]


async def test_star_repeats(caller: Caller) -> None:
    claimed = (await caller.pairing()).code == ""
    heard = await caller.presses("*")
    assert ("選んで" if claimed else "くり返します") in heard.said


async def test_two_gives_a_new_code(caller: Caller) -> None:
    before = await caller.pairing()
    await caller.presses("2")
    after = await caller.pairing()
    assert after.pairing != before.pairing
    assert after.code not in ("", before.code)


@pytest.mark.parametrize("keys", ["0", "1", "2", "9"])
async def test_pressed_once_asked_ten_times_at_once(caller: Caller, keys: str) -> None:
    """What repeats of one request do beside each other leaves the check as one request would."""
    action = caller.document.action
    answers = await asyncio.gather(*(caller.asks(action, Digits=keys) for _ in range(10)))
    assert len({reply.body for reply in answers}) == 1
    pairing, session = await caller.pairing(), await caller.session()
    if keys in "12":
        assert pairing.status.value == "pending"
        assert session.check is not None
        assert session.check.extended == pairing.extended == (keys == "1")
        assert (session.check.code == pairing.code) or pairing.code == ""
    else:
        assert session.transfer is not None
        waiting = await caller.waiting()
        assert waiting is not None
        assert (waiting.token, waiting.state.value) == (session.transfer.token, "waiting")


@pytest.mark.parametrize("keys", ["1", "2"])
async def test_done_but_not_saved_and_asked_again(
    stage: Stage, caller: Caller, keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, action = stage.stores.sessions.save, caller.document.action

    async def broken(*_: Any, **__: Any) -> bool:
        raise ConnectionError

    monkeypatch.setattr(stage.stores.sessions, "save", broken)
    assert (await caller.asks(action, Digits=keys)).status == 500
    done = await caller.pairing()
    monkeypatch.setattr(stage.stores.sessions, "save", save)
    await caller.presses(keys)
    again = await caller.pairing()
    assert (again.pairing, again.status.value, again.code) == (done.pairing, "pending", done.code)
    check = (await caller.session()).check
    assert check is not None
    assert check.extended == (keys == "1")


@pytest.mark.parametrize(("keys", "said"), [("2", "くり返します"), ("9", "本人確認なし")])
async def test_closed_by_the_key_and_cut_short_before_the_rest(
    stage: Stage, caller: Caller, keys: str, said: str
) -> None:
    """Another process is at the same request, or died in it: the key still does its whole thing."""
    tenant = stage.identity.tenant.id
    pairing = await caller.pairing()
    ending = stage.identity.ending
    await ending.by_phone_side(
        tenant, CallRef(caller.ref), Hint.CALLER_SKIPPED, pairing=pairing.pairing
    )
    assert said in (await caller.presses(keys)).said


async def test_a_proof_that_was_faster_than_the_key_wins(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes after the look at the pairing and before the key's own change."""
    caller = stage.caller()
    await caller.in_check()
    app = App(stage=stage)
    asked = await app.confirms(await app.claims(caller))
    chosen = await app.chooses(caller, asked)
    latest, told = stage.phone.news.latest, False

    async def then_proven(call_ref: str) -> Any:
        nonlocal told
        seen = await latest(call_ref)
        if not told:
            told = True
            await app.proves(chosen)
        return seen

    monkeypatch.setattr(stage.phone.news, "latest", then_proven)
    heard = await caller.presses("9")
    assert "確認できました" in heard.said
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.queue == "verified"


async def test_an_expired_code_is_given_anew_once_then_a_person(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    first = await caller.pairing()
    stage.clock.pass_by(minutes=11)
    heard = await caller.waits()
    assert "もう一度" in heard.said
    assert (await caller.pairing()).pairing != first.pairing
    stage.clock.pass_by(minutes=11)
    assert (await caller.waits()).verbs[-1] == "Enqueue"


async def test_a_hang_up_in_the_check_ends_it_without_an_error(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    caller = stage.caller()
    await caller.in_check()
    await caller.status("completed")
    await stage.deliver()
    assert (await caller.pairing()).hint.value == "call_ended"
    assert "error" not in capsys.readouterr().out.lower()
