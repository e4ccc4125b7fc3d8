"""T28: a flood takes nothing from honest callers, and even its own calls reach a person."""

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from identity.pairing.model import CallRef
from ivr.live_calls.arrival_limits import ArrivalLimits, CallLimits
from stores.memory.counters import MemoryCounters
from tests.ivr.live_calls.stage import Caller, Heard, a_stage

ROBOTS = [f"+8150{number:08}" for number in range(0, 50_000_000, 1_000_000)]


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def _limits(clock: Seconds, **given: int) -> ArrivalLimits:
    return ArrivalLimits(MemoryCounters(clock), CallLimits(**given), lambda number: number)


async def test_honest_callers_are_served_beside_5000_calls_in_a_minute_from_50_numbers() -> None:
    clock = Seconds()
    limits, chance = _limits(clock), random.Random(28)  # noqa: S311  # one fixed flood
    honest = [f"+8190{number:08}" for number in chance.sample(range(10**8), 600)]
    calls = [
        (at, number) for number in ROBOTS for at in (chance.uniform(0, 60) for _ in range(100))
    ]
    calls += [(chance.uniform(0, 60), number) for number in honest]
    served = Counter[str]()
    for at, number in sorted(calls):
        clock.now = at
        served[number] += await limits.has_room(number)
    assert sum(served[number] for number in honest) > 0.99 * len(honest)
    assert {served[number] for number in ROBOTS} == {CallLimits().per_number}


async def test_a_block_of_numbers_counts_as_one_caller_with_many_lines() -> None:
    limits = _limits(Seconds())
    block = [await limits.has_room(f"+8150111100{number:02}") for number in range(100)]
    rest = [await limits.has_room(f"+8150111101{number:02}") for number in range(100)]
    assert (sum(block), sum(rest)) == (100, 0)
    assert await limits.has_room("+815022220000")


async def test_withheld_numbers_are_held_together_and_hold_up_nobody_else() -> None:
    limits = _limits(Seconds(), withheld=30, per_minute=60)
    assert sum([await limits.has_room("") for _ in range(500)]) == 30
    others = [await limits.has_room(f"+8190{number:04}0000") for number in range(100)]
    assert sum(others) == 30


async def test_room_comes_back_with_time() -> None:
    clock = Seconds()
    limits = _limits(clock)
    asked = [await limits.has_room(ROBOTS[0]) for _ in range(11)]
    assert asked == [True] * 10 + [False]
    clock.now += 601
    assert await limits.has_room(ROBOTS[0])


class Away:
    async def add(self, key: str, *, window_seconds: int) -> int:
        raise ConnectionError


async def test_voice_stays_open_while_nobody_can_count() -> None:
    limits = ArrivalLimits(Away(), CallLimits(per_number=1), lambda number: number)
    assert [await limits.has_room(ROBOTS[0]) for _ in range(20)] == [True] * 20


async def _to_the_queue(caller: Caller) -> Heard:
    heard = await caller.arrives()
    assert heard.verbs == ["Say", "Enqueue"], heard.verbs
    return heard


async def test_an_excess_call_hears_one_sentence_and_waits_for_a_person(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KAZASU_CALLS_PER_NUMBER="2") as stage:
        for _ in range(2):
            assert (await stage.caller().arrives()).action
        excess = stage.caller()
        heard = await _to_the_queue(excess)
        assert "担当者におつなぎし、ご本人の確認をいたします" in heard.said
        again = await excess.arrives()  # the carrier asks again: the same bytes, counted once
        assert again.bytes == heard.bytes
        waiting = await excess.waiting()
        assert waiting is not None
        assert (waiting.queue, waiting.state.value) == ("general", "waiting")
        pop = await stage.phone.pop.by_token("main", waiting.token)
        assert pop is not None
        assert (pop.badge, pop.status) == ("grey", "none")
        elsewhere = await stage.caller("+819099998888").arrives()
        assert elsewhere.closing("Gather").attrib["action"]


async def test_an_excess_call_leaves_the_queue_by_the_flows_own_words(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KAZASU_CALLS_PER_MINUTE="1") as stage:
        await stage.caller("+819011110000").arrives()
        excess = stage.caller("+819022220000")
        await _to_the_queue(excess)
        heard = await excess.leaves_queue("queue-full")
        assert heard.verbs[-1] == "Hangup"
        assert "あらためてお電話" in heard.said


@pytest.mark.parametrize("keys", ["", "7"])
async def test_a_robot_that_presses_no_meaningful_key_opens_no_check(
    tmp_path: Path, keys: str
) -> None:
    """The shipped flow opens a pairing behind a key of the menu only."""
    async with a_stage(tmp_path) as stage:
        robot = stage.caller()
        await robot.arrives()
        for _ in range(20):
            if "Gather" not in robot.document.verbs:
                break
            await robot.presses(keys)
        assert "Enqueue" in robot.document.verbs
        tenant = stage.identity.tenant.id
        assert await stage.identity.watching.latest(tenant, CallRef(robot.ref)) is None


async def test_one_number_has_one_check_and_the_second_call_a_person(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        first, second = stage.caller(), stage.caller()
        await first.in_check()
        heard = await second.in_check()
        waiting = await second.waiting()
        assert "Enqueue" in heard.verbs
        assert waiting is not None
        assert waiting.reason == "by_system"
        assert (await first.pairing()).status.value == "pending"


async def test_withheld_calls_have_a_check_each(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        for _ in range(3):
            withheld = stage.caller("anonymous")
            await withheld.in_check()
            assert (await withheld.pairing()).status.value == "pending"


async def test_a_robot_that_asks_for_a_code_and_falls_silent_does_not_stay(tmp_path: Path) -> None:
    """Five minutes without any progress are the most that a call spends among the nodes."""
    async with a_stage(tmp_path) as stage:
        robot = stage.caller()
        await robot.in_check()
        waited = 0
        while "Enqueue" not in robot.document.verbs:
            stage.clock.pass_by(seconds=10)
            waited += 10
            assert waited <= 300
            await robot.waits()
        check = await stage.identity.watching.latest(stage.identity.tenant.id, CallRef(robot.ref))
        assert check is not None
        assert check.status.value != "pending"
