"""T11: a card that is used from several numbers within minutes is pointed out to operators."""

from identity.pairing.model import CallRef
from identity.pairing.views import AppView
from tests.identity.pairing.desk_world import begun, claimed, tapped
from tests.identity.pairing.world import CARD, PERSON, TENANT, World

LINES = ("+819011110001", "+819011110002", "+819011110003", "+819011110004")


async def _proven_from(world: World, *lines: str, minutes: float = 2) -> bool:
    """One call after the other, each from its line; whether the last one's screen says so."""
    busy = False
    for number, line in enumerate(lines):
        call = f"call-{number}"
        await world.verified(call, f"app-{number}", line=line)
        view = await world.watching.latest(TENANT.id, CallRef(call))
        assert view is not None
        busy = await world.watching.busy_card(TENANT.id, view)
        await world.ending.call_ended(TENANT.id, CallRef(call))
        world.clock.pass_by(minutes=minutes)
    return busy


async def _world() -> World:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    return world


async def test_three_numbers_in_ten_minutes_are_pointed_out() -> None:
    assert await _proven_from(await _world(), *LINES[:3])


async def test_two_numbers_are_a_home_and_a_mobile() -> None:
    assert not await _proven_from(await _world(), LINES[0], LINES[1], LINES[0], LINES[1])


async def test_three_numbers_on_one_afternoon_are_nothing() -> None:
    assert not await _proven_from(await _world(), *LINES, minutes=6)


async def test_a_call_without_a_verdict_has_nothing_to_point_out() -> None:
    world = await _world()
    await world.opened()
    view = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert view is not None
    assert not await world.watching.busy_card(TENANT.id, view)


async def test_a_desk_is_no_number() -> None:
    """Who calls from home and on the way, and taps at the counter, is one person on one errand."""
    world = await _world()
    desk = await begun(world)
    claim = await claimed(world, desk.code, "reader")
    assert isinstance(await tapped(world, claim.view, app="reader"), AppView)
    assert not await _proven_from(world, *LINES[:2])
