"""The carrier's last word was lost: it is asked, and nobody is kept by a call that is over."""

from dataclasses import dataclass, field, replace

import pytest

from door_frame.staff import StaffAccount
from ivr.live_calls.lost.lost_ends import ELSEWHERE, IN_A_QUEUE, LONGEST, LostEnds
from ivr.live_calls.ports import CarrierTrouble
from ivr.queues.model import Presence, WaitingState
from tests.ivr.live_calls.stage import Caller, Stage

DOOR = "/carriers/twilio"
LEG = "CA" + "f" * 32


@dataclass
class CarrierSays:
    """Which calls are over, and which were asked about."""

    over: set[str] = field(default_factory=set)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    async def is_over(self, carrier_call_id: str) -> bool:
        self.asked.append(carrier_call_id)
        if self.away:
            raise CarrierTrouble("away")
        return carrier_call_id in self.over


def lost_ends(stage: Stage, carrier: CarrierSays) -> LostEnds:
    return LostEnds(
        tenant="main",
        waiting=stage.stores.waiting,
        rows=stage.stores.call_rows,
        carrier=carrier,
        calls=stage.phone.calls,
        now=stage.clock,
    )


async def queued(stage: Stage) -> Caller:
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("0")
    return caller


async def talking(stage: Stage, caller: Caller) -> None:
    account = StaffAccount(
        tenant="main",
        id="mari",
        login="mari",
        name="mari",
        password_hash="",
        phone="+815011112222",
        queues=("general",),
    )
    await stage.stores.staff.add(account)
    await stage.phone.presence.choose("main", "mari", Presence.AVAILABLE)
    waiting = await caller.waiting()
    assert waiting is not None
    await stage.phone.answering.answer("main", "mari", waiting.token)
    await stage.post(f"{DOOR}/operator?token={waiting.token}", LEG)
    await caller.asks(f"{DOOR}/joined?token={waiting.token}", DequeingCallSid=LEG)


async def test_nobody_is_offered_a_caller_who_has_gone(stage: Stage) -> None:
    caller, carrier = await queued(stage), CarrierSays()
    carrier.over = {caller.sid}
    ends = lost_ends(stage, carrier)
    await ends.turn()
    assert carrier.asked == []
    stage.clock.pass_by(seconds=IN_A_QUEUE.total_seconds())
    await ends.turn()
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.state is WaitingState.GONE
    assert (await caller.row()).ended_at is not None


async def test_nobody_is_offered_a_caller_who_came_to_the_queue_behind_their_end(
    stage: Stage,
) -> None:
    """A turn beside the carrier's last word entered the queue after it, and was not saved."""
    caller, carrier = await queued(stage), CarrierSays()
    before = await caller.waiting()
    assert before is not None
    await stage.phone.calls.ended(caller.sid)
    late = replace(before, token="f" * 32, since=stage.clock())
    await stage.stores.waiting.enter(late)
    ends = lost_ends(stage, carrier)
    await ends.turn()
    stage.clock.pass_by(seconds=IN_A_QUEUE.total_seconds())
    await ends.turn()
    after = await stage.stores.waiting.by_token("main", late.token)
    assert after is not None
    assert after.state is WaitingState.GONE
    assert carrier.asked == []  # it is known here already


async def test_an_operator_does_not_stay_on_a_talk_that_is_over(stage: Stage) -> None:
    caller, carrier = await queued(stage), CarrierSays()
    await talking(stage, caller)
    carrier.over = {caller.sid}
    stage.clock.pass_by(seconds=IN_A_QUEUE.total_seconds())
    await lost_ends(stage, carrier).turn()
    known = await stage.stores.operators.by_id("main", "mari")
    assert known is not None
    assert known.presence is Presence.WRAP_UP


async def test_a_call_that_lasts_is_left_alone_and_asked_about_now_and_then(stage: Stage) -> None:
    caller, carrier = await queued(stage), CarrierSays()
    ends = lost_ends(stage, carrier)
    for _ in range(6):
        stage.clock.pass_by(seconds=IN_A_QUEUE.total_seconds() / 2)
        await ends.turn()
    assert carrier.asked == [caller.sid] * 3
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.state is WaitingState.WAITING


async def test_elsewhere_a_call_is_asked_about_too(stage: Stage) -> None:
    caller, carrier = stage.caller(), CarrierSays()
    await caller.arrives()
    carrier.over = {caller.sid}
    ends = lost_ends(stage, carrier)
    stage.clock.pass_by(seconds=ELSEWHERE.total_seconds() - 1)
    await ends.turn()
    assert carrier.asked == []
    stage.clock.pass_by(seconds=1)
    await ends.turn()
    assert (await caller.row()).ended_at is not None


@pytest.mark.parametrize("callers", [1, 3])
async def test_a_carrier_that_is_away_is_asked_once_a_turn(stage: Stage, callers: int) -> None:
    carrier = CarrierSays(away=True)
    waiting = [await queued(stage) for _ in range(callers)]
    stage.clock.pass_by(seconds=IN_A_QUEUE.total_seconds())
    ends = lost_ends(stage, carrier)
    await ends.turn()
    assert len(carrier.asked) == 1
    for caller in waiting:
        stays = await caller.waiting()
        assert stays is not None
        assert stays.state is not WaitingState.GONE


async def test_a_call_that_the_carrier_knows_nothing_of_is_over_one_day(stage: Stage) -> None:
    caller, carrier = stage.caller(), CarrierSays()
    await caller.arrives()
    ends = lost_ends(stage, carrier)
    stage.clock.pass_by(seconds=LONGEST.total_seconds() - 60)
    await ends.turn()
    assert (await caller.row()).ended_at is None
    stage.clock.pass_by(seconds=ELSEWHERE.total_seconds())
    await ends.turn()
    assert (await caller.row()).ended_at is not None
