"""GET with `wait`: the answer comes with the change, and no poll holds another up."""

import asyncio

from companion_app_api.v1.changes import LISTENERS_PER_PAIRING, Changes
from tests.companion_app_api.speaking import Speaker
from tests.companion_app_api.stage import Stage


async def test_a_change_rings(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    path = f"/v1/pairings/{claimed.id}?wait=25&since=awaiting_call_confirm"
    polling = asyncio.create_task(speaker.get(path))
    await stage.hang_up(claimed.call)
    said = (await asyncio.wait_for(polling, 10)).json()
    assert (said["status"], said["hint"]) == ("failed", "call_ended")


async def test_a_change_that_was_missed_is_answered_at_once(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    await claimed.to_the_choice()
    path = f"/v1/pairings/{claimed.id}?wait=25&since=awaiting_call_confirm"
    said = (await asyncio.wait_for(speaker.get(path), 10)).json()
    assert said["hint"] == "awaiting_choice"
    assert len(said["choice"]["choices"]) == 3


async def test_without_wait_nothing_waits(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    answer = await speaker.get(f"/v1/pairings/{claimed.id}")
    assert answer.json()["hint"] == "awaiting_call_confirm"
    assert answer.json()["interval"] == 2


async def test_few_listen_to_one_pairing() -> None:
    changes = Changes()
    first, second = changes.listening("p"), changes.listening("p")
    assert LISTENERS_PER_PAIRING == 2
    with first as one, second as two, changes.listening("p") as three:
        assert one is not None
        assert two is not None
        assert three is None
        changes.told("p")
        await one.rung(60)
        await two.rung(60)
    with changes.listening("p") as again:
        assert again is not None


async def test_closing_sends_every_waiting_poll_home(speaker: Speaker, stage: Stage) -> None:
    claimed = await speaker.claimed(stage)
    with stage.changes.listening(claimed.id) as listener:
        assert listener is not None
        waiting = asyncio.create_task(listener.rung(60))
        await asyncio.sleep(0)
        stage.changes.close()
        assert await waiting is False
    late = await asyncio.wait_for(speaker.get(f"/v1/pairings/{claimed.id}?wait=25"), 10)
    assert late.json()["hint"] == "awaiting_call_confirm"


async def test_news_of_other_pairings_do_not_ring() -> None:
    changes = Changes()
    with changes.listening("p") as listener:
        assert listener is not None
        changes.told("q")
        await listener.rung(0)
        waiting = asyncio.ensure_future(listener.rung(60))
        await asyncio.sleep(0)
        assert not waiting.done()
        changes.told("p")
        await waiting
