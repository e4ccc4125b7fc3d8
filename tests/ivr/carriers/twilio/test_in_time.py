"""F8, F21: the carrier has its answer in time, and what was being done is not lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.carriers.twilio.in_time import InTime
from tests.ivr.live_calls.stage import BASE, Caller, Heard, Stage, a_stage

DESK = "+81312340009"
AT_ONCE, PATIENTLY = 0.05, 60.0


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path, KAZASU_FALLBACK_NUMBER=DESK) as made:
        yield made


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Another process holds the database, as in a long transaction."""
    other = sqlite3.connect(folder / "kazasu.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _answers_within(stage: Stage, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.phone.door, "_in_time", InTime(seconds=seconds))


async def _hears_wait(caller: Caller, url: str, **fields: str) -> str:
    heard = Heard(await caller.asks(url, **fields))
    assert heard.verbs == ["Say", "Redirect"], heard.verbs
    assert "お待ちください" in heard.said
    return heard.closing("Redirect").text or ""


async def test_a_new_call_hears_that_it_goes_on_and_then_the_greeting(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    with _locked(tmp_path):
        _answers_within(stage, AT_ONCE, monkeypatch)
        again = await _hears_wait(caller, "/carriers/twilio/voice")
    _answers_within(stage, PATIENTLY, monkeypatch)
    heard = await caller.hears(again)
    assert "Gather" in heard.verbs


async def test_a_key_pressed_meanwhile_counts_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    await caller.arrives()
    action = caller.document.action
    with _locked(tmp_path):
        _answers_within(stage, AT_ONCE, monkeypatch)
        again = await _hears_wait(caller, action, Digits="1")
    assert again.startswith(f"{BASE}/carriers/twilio/current?n=")
    _answers_within(stage, PATIENTLY, monkeypatch)
    # The same key again, as a carrier may send it: it waits its turn behind the late page.
    code = (await caller.hears(action, Digits="1")).said
    assert (await caller.hears(again)).said == code
    assert (await caller.pairing()).code


async def test_whoever_waited_often_enough_gets_a_person(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    with _locked(tmp_path):
        _answers_within(stage, AT_ONCE, monkeypatch)
        url = "/carriers/twilio/voice"
        for _ in range(2):
            url = await _hears_wait(caller, url)
        heard = Heard(await caller.asks(url))
        assert heard.verbs == ["Say", "Dial"]
        assert heard.closing("Dial").findtext("Number") == DESK


async def test_a_full_house_begins_no_new_call_and_goes_on_with_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    await caller.arrives()
    monkeypatch.setattr(stage.phone.door, "_in_time", InTime(at_once=0))
    heard = Heard(await stage.caller().asks("/carriers/twilio/voice"))
    assert heard.verbs == ["Say", "Dial"]
    assert "Gather" in (await caller.waits()).verbs


async def test_the_carriers_last_word_is_answered_when_it_is_written_down(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = stage.caller()
    await caller.arrives()
    _answers_within(stage, AT_ONCE, monkeypatch)
    with _locked(tmp_path):
        last = asyncio.ensure_future(caller.status("completed"))
        await asyncio.wait({last}, timeout=10 * AT_ONCE)
        assert not (last.done() and last.result().status == 204)
    # On a very busy computer the database gives up by itself, and the carrier is told so.
    assert (await last).status == 500 or (await caller.row()).ended_at is not None


async def test_a_carrier_that_hangs_up_on_its_last_word_loses_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    caller = stage.caller()
    await caller.arrives()
    with _locked(tmp_path):
        last = asyncio.ensure_future(caller.status("completed"))
        await asyncio.wait({last}, timeout=AT_ONCE)
        last.cancel()
        await asyncio.wait({last})
    end = asyncio.get_running_loop().time() + PATIENTLY
    while (await caller.row()).ended_at is None:
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.02)
