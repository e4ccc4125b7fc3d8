"""T6: codes guessed by the keys of a telephone count like codes guessed in apps."""

import pytest

from identity.pairing import locators
from identity.pairing.model import Mode
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, PairingView
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.test_counters_away import Failing

NO_TICKET = Refusal(code="no_ticket")
POLICY = PairingPolicy(
    keyed_code=True, wrong_entries_longer_codes=3, wrong_entries_pause=5, code_random_digits=7
)


def _code(number: int, random_digits: int = 7) -> str:
    body = f"{number:0{random_digits}}"
    return body + locators.damm(body)


async def _keyed(world: AppWorld, digits: str, number: int, mode: Mode = Mode.KEYED_CODE) -> None:
    request = world.arrival(digits, f"call-{number}", mode=mode)
    assert await world.arriving.arrive(request) == NO_TICKET


async def _length(world: AppWorld) -> int:
    opened = await world.opening.open(world.request("asking", key=str(world.clock.at)))
    assert isinstance(opened, PairingView), opened
    return len(opened.code)


async def test_a_flood_of_wrong_keys_lengthens_codes_and_then_pauses_them() -> None:
    world = AppWorld(policy=POLICY)
    for number in range(2):
        await _keyed(world, _code(number), number)
    assert await _length(world) == 8
    await _keyed(world, _code(2), 2)
    world.clock.pass_by(seconds=1)
    assert await _length(world) == 10
    for number in (3, 4):
        await _keyed(world, _code(number), number)
    paused = await world.begun(mode=Mode.KEYED_CODE)
    assert isinstance(paused, Refusal)
    assert paused.code == "codes_paused"


@pytest.mark.parametrize(
    ("digits", "mode"),
    [
        pytest.param("12345678", Mode.KEYED_CODE, id="the check digit does not fit"),
        pytest.param(_code(1)[:5], Mode.KEYED_CODE, id="cut off"),
        pytest.param("*", Mode.KEYED_CODE, id="no digits"),
        pytest.param(_code(1, 10), Mode.APP_DIAL, id="a ticket"),
    ],
)
async def test_slips_and_tickets_count_nothing(digits: str, mode: Mode) -> None:
    world = AppWorld(policy=POLICY)
    for number in range(6):
        await _keyed(world, digits, number, mode)
    assert await _length(world) == 8


async def test_a_code_that_leads_to_its_check_counts_nothing() -> None:
    world = AppWorld(policy=POLICY)
    for number in range(4):
        begun = await world.begun(f"app-{number}", mode=Mode.KEYED_CODE)
        assert isinstance(begun, AppView)
        request = world.arrival(begun.code, f"call-{number}", mode=Mode.KEYED_CODE)
        assert isinstance(await world.arriving.arrive(request), PairingView)
    assert await _length(world) == 8


async def test_callers_are_answered_while_nobody_can_count() -> None:
    world = AppWorld(policy=POLICY)
    world.counters_are(Failing(world.counters))
    await _keyed(world, _code(1), 1)
