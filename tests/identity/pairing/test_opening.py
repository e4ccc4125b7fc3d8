"""Opening and extending a check, from the phone side."""

from dataclasses import replace
from datetime import timedelta

import pytest

from identity.pairing import locators
from identity.pairing.levels import Badge
from identity.pairing.model import CallRef, CallState, Mode
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import PairingView
from tests.identity.pairing.world import TENANT, World


async def test_the_same_errand_opens_once_and_hears_the_same_code() -> None:
    world = World()
    first = await world.opened()
    assert await world.opened() == first
    assert len(world.pairings.rows) == 1
    assert len(first.code) == 8
    assert locators.damm(first.code) == "0"
    assert (first.status, first.hint, first.badge) == (
        Status.PENDING,
        Hint.AWAITING_APP,
        Badge.CHECKING,
    )
    assert first.expires_at - world.clock.at == timedelta(seconds=300)
    assert first.claim_by - world.clock.at == timedelta(seconds=120)


async def test_the_code_is_kept_nowhere() -> None:
    world = World()
    view = await world.opened()
    row = world.row(view.pairing)
    assert view.code not in repr(row) + repr(view) + repr(world.pairings.news)
    assert view.code.encode() not in row.locators[0].hash


async def test_the_code_is_gone_once_it_was_claimed() -> None:
    world = World()
    view = await world.opened()
    await world.claimed(view.code)
    again = await world.opened()
    assert (again.pairing, again.code) == (view.pairing, "")


async def test_another_errand_of_the_call_gets_a_new_code_and_ends_the_old_one() -> None:
    world = World()
    first = await world.opened()
    second = await world.opened(key="call-1:5:0")
    assert second.code != first.code
    assert world.row(first.pairing).hint is Hint.CALLER_SKIPPED
    answer = await world.claiming.claim(
        world.app(), first.code, CallState.UNKNOWN, address="192.0.2.1"
    )
    assert isinstance(answer, Refusal)
    await world.claimed(second.code)


async def test_a_repeated_older_errand_brings_nothing_back() -> None:
    world = World()
    first = await world.opened()
    second = await world.opened(key="call-1:5:0")
    old = await world.opened()
    assert (old.pairing, old.code, old.hint) == (first.pairing, "", Hint.CALLER_SKIPPED)
    assert world.row(second.pairing).status is Status.PENDING


@pytest.mark.parametrize("alarm", [Hint.USER_DECLINED_CALL, Hint.WRONG_CHOICE, Hint.RISK_BLOCKED])
async def test_after_an_alarm_no_pairing_opens_on_that_call(alarm: Hint) -> None:
    world = World()
    view = await world.opened()
    state = CallState.INCOMING if alarm is Hint.RISK_BLOCKED else CallState.OUTGOING
    await world.claimed(view.code, state=state)
    declined = alarm is Hint.USER_DECLINED_CALL
    answer = Answer.NO_CALL if declined else Answer.I_CALLED
    await world.claiming.confirm(world.app(), view.pairing, answer)
    if alarm is Hint.WRONG_CHOICE:
        await world.chosen(view.pairing, right=False)
        await world.chosen(view.pairing, right=False)
    assert world.row(view.pairing).hint is alarm
    refused = await world.opening.open(world.request(key="call-1:9:0"))
    assert refused == Refusal(code=alarm.value)
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.badge, seen.alarm) == (Badge.RED, alarm)
    assert isinstance(await world.opening.open(world.request("call-2")), PairingView)


async def test_a_code_in_use_is_not_given_twice_nor_again_within_a_day() -> None:
    world = World()
    view = await world.opened()
    taken = world.row(view.pairing).locators[0].hash
    await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    world.clock.pass_by(hours=23)
    # The same bytes are drawn as for the first call: its code is taken, so the next is tried.
    again = World(pairings=world.pairings)
    again.clock.at = world.clock.at
    second = await again.opened("call-2")
    assert world.row(second.pairing).locators[0].hash != taken
    assert len(second.code) == 8


async def test_time_asked_for_is_at_most_the_policys() -> None:
    world = World()
    view = await world.opened(claim_within=timedelta(seconds=60), whole_check=timedelta(hours=9))
    assert view.claim_by - world.clock.at == timedelta(seconds=60)
    assert view.expires_at - world.clock.at == timedelta(seconds=300)


async def test_more_time_once() -> None:
    world = World()
    view = await world.opened()
    more = await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=600))
    assert isinstance(more, PairingView)
    assert more.extended
    assert more.code == view.code
    assert more.claim_by - view.claim_by == timedelta(seconds=120)
    assert more.expires_at - view.expires_at == timedelta(seconds=120)
    again = await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=10))
    assert again == Refusal(code="extended_before")


@pytest.mark.parametrize("ended", [False, True])
async def test_no_more_time_for_what_is_not_open(ended: bool) -> None:
    world = World()
    if ended:
        await world.opened()
        await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    answer = await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=60))
    assert answer == Refusal(code="no_open_pairing")


async def test_expired_by_the_databases_clock_is_not_extended() -> None:
    world = World()
    await world.opened()
    world.database_clock.pass_by(minutes=6)
    answer = await world.opening.extend(TENANT.id, CallRef("call-1"), timedelta(seconds=60))
    assert answer == Refusal(code="no_open_pairing")


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": ""},
        {"purpose": "あ" * 61},
    ],
)
async def test_a_request_that_cannot_be_served_is_an_error(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="purpose"):
        await World().opening.open(World().request(**changes))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("mode", [Mode.APP_DIAL, Mode.KEYED_CODE])
async def test_a_mode_that_is_not_offered_gives_way_to_the_next(mode: Mode) -> None:
    world = World()
    answer = await world.opening.open(world.request(mode=mode))
    assert answer == Refusal(code="mode_unavailable")
    assert isinstance(await world.opening.open(world.request()), PairingView)


async def test_a_flood_of_wrong_entries_lengthens_codes_and_a_larger_one_pauses_them() -> None:
    world = World()

    async def guess(times: int) -> None:
        for number in range(times):
            app = world.app(f"guesser-{world.clock.at}-{number}")
            await world.claiming.claim(app, "00000000", CallState.UNKNOWN, address=str(number))

    await guess(199)
    assert len((await world.opened("a")).code) == 8
    await guess(1)
    longer = await world.opened("b")
    assert len(longer.code) == 10
    await world.claimed(longer.code)
    world.clock.pass_by(minutes=9, seconds=59)
    assert len((await world.opened("c")).code) == 10
    world.clock.pass_by(seconds=2)
    assert len((await world.opened("d")).code) == 8


async def test_codes_pause_when_the_deployment_is_searched_through() -> None:
    world = World(policy=replace(World().policy, wrong_entries_pause=210))
    for number in range(210):
        app = world.app(f"guesser-{number}")
        await world.claiming.claim(app, "00000000", CallState.UNKNOWN, address=str(number))
    answer = await world.opening.open(world.request())
    assert answer == Refusal(code="codes_paused", facts={"retry_after": 600})
    world.clock.pass_by(minutes=10, seconds=1)
    assert isinstance(await world.opening.open(world.request()), PairingView)
