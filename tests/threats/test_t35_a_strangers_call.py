"""T35: a guessed or mistyped code may lead to a stranger's call, and joins nothing silently."""

from itertools import permutations

import pytest

from identity.pairing import locators
from identity.pairing.levels import Badge
from identity.pairing.model import CallRef, CallState
from identity.pairing.outcomes import ALARMS, Hint
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, ClaimView
from tests.identity.pairing.world import TENANT, World

STRANGERS_LINE = "+819077776666"


def _slips(code: str) -> set[str]:
    """Every wrong digit, and every two neighbours changed over."""
    wrong = {
        code[:at] + digit + code[at + 1 :]
        for at in range(len(code))
        for digit in "0123456789"
        if digit != code[at]
    }
    swapped = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)}
    return wrong | swapped - {code}


async def test_no_slip_of_a_finger_leads_anywhere() -> None:
    """The check digit tells it: the app says so by itself, and the service looks nothing up."""
    world = World()
    mine = (await world.opened("call-1")).code
    await world.opened("call-2", line=STRANGERS_LINE)
    for number, slip in enumerate(sorted(_slips(mine))):
        assert locators.read_code(slip, (7, 9)) == ""
        answer = await world.claiming.claim(
            world.app(f"app-{number}"), slip, CallState.UNKNOWN, address=f"address {number}"
        )
        assert answer == Refusal(code="expired_or_unknown")
    await world.claimed(mine)


async def test_calls_beside_each_other_have_codes_that_no_slip_confuses() -> None:
    world = World()
    codes = [(await world.opened(f"call-{number}")).code for number in range(200)]
    assert len(set(codes)) == 200
    for one, other in permutations(codes[:60], 2):
        assert other not in _slips(one)


async def _joined() -> tuple[World, ClaimView]:
    """Somebody has a stranger's code: guessed, overheard, or read out by a fraudster."""
    world = World()
    opened = await world.opened("strangers-call", line=STRANGERS_LINE)
    return world, await world.claimed(opened.code, "another-app")


async def test_the_app_says_whose_call_it_is() -> None:
    _, claim = await _joined()
    assert claim.line_last4 == "6666"
    assert claim.line_last4 != "5678"


@pytest.mark.parametrize("answer", [Answer.NO_CALL, Answer.THEY_CALLED])
async def test_a_decline_ends_it_with_an_alarm(answer: Answer) -> None:
    world, claim = await _joined()
    await world.claiming.confirm(world.app("another-app"), claim.view.pairing, answer)
    await _is_alarmed(world, Hint.USER_DECLINED_CALL)


async def test_two_wrong_picks_end_it_with_an_alarm() -> None:
    """Who does not hear the call does not know the number."""
    world, claim = await _joined()
    pairing = claim.view.pairing
    await world.claiming.confirm(world.app("another-app"), pairing, Answer.I_CALLED)
    first = await world.chosen(pairing, "another-app", right=False)
    assert isinstance(first, AppView)
    assert first.choice is not None
    assert first.choice.round == 2
    await world.chosen(pairing, "another-app", right=False)
    await _is_alarmed(world, Hint.WRONG_CHOICE)


async def test_who_was_there_first_keeps_the_call_and_the_rightful_app_is_told_nothing() -> None:
    """Claimed by another, a call's check is lost; its caller gets a new code, never a guest."""
    world, claim = await _joined()
    code = (await world.watching.latest(TENANT.id, CallRef("strangers-call"))).code  # type: ignore[union-attr]  # it is there
    answer = await world.claiming.claim(
        world.app("rightful-app"), code, CallState.UNKNOWN, address="192.0.2.7"
    )
    assert answer == Refusal(code="expired_or_unknown")
    again = await world.opened("strangers-call", key="strangers-call:9:0", line=STRANGERS_LINE)
    assert again.pairing != claim.view.pairing
    await world.claimed(again.code, "rightful-app")
    late = await world.claiming.confirm(
        world.app("another-app"), claim.view.pairing, Answer.I_CALLED
    )
    assert isinstance(late, Refusal)


async def _is_alarmed(world: World, hint: Hint) -> None:
    seen = await world.watching.latest(TENANT.id, CallRef("strangers-call"))
    assert seen is not None
    assert hint in ALARMS
    assert (seen.hint, seen.badge) == (hint, Badge.RED)
    again = await world.opening.open(world.request("strangers-call", key="strangers-call:9:0"))
    assert again == Refusal(code=hint.value)
