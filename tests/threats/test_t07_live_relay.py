"""T7: a fraudster on the line and a victim with the card: never green, and doubts stay."""

import json

import pytest

from identity.pairing.levels import Badge
from identity.pairing.model import CallRef, CallState
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, PairingView
from tests.identity.pairing.world import CARD, LINE, PERSON, TENANT, World

FRAUDSTER = "+819077776666"


async def _world() -> World:
    """The victim's contract has the victim's number."""
    world = World()
    await world.hold(CARD, PERSON, "K-1", line=LINE)
    return world


async def _seen(world: World, call: str = "call-1") -> PairingView:
    seen = await world.watching.latest(TENANT.id, CallRef(call))
    assert seen is not None
    return seen


@pytest.mark.parametrize("line", [FRAUDSTER, ""], ids=["another number", "withheld"])
async def test_from_a_line_that_is_not_the_holders_it_is_amber_at_most(line: str) -> None:
    world = await _world()
    await world.verified(line=line)
    seen = await _seen(world)
    assert (seen.badge, seen.identity.code) == (Badge.AMBER, "id_card_auth")
    assert seen.verdict is not None
    assert not seen.verdict.knowledge.line_known


async def test_from_the_holders_line_it_is_green() -> None:
    """Without this the refusals would prove nothing."""
    world = await _world()
    await world.verified(line=LINE)
    assert (await _seen(world)).badge is Badge.GREEN


async def test_a_device_the_victim_used_today_for_the_first_time_knows_nobody() -> None:
    """Two calls on one day by a relay do not vouch for each other."""
    world = await _world()
    await world.verified("call-1", line=FRAUDSTER)
    await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    world.clock.pass_by(minutes=10)
    await world.verified("call-2", line=FRAUDSTER)
    assert (await _seen(world, "call-2")).badge is Badge.AMBER


async def test_a_handset_that_is_being_called_stops_it_with_an_alarm() -> None:
    """ "The bank" rang the victim: who called cannot have been called."""
    world = await _world()
    opened = await world.opened(line=FRAUDSTER)
    await world.claimed(opened.code, state=CallState.INCOMING)
    answer = await world.claiming.confirm(world.app(), opened.pairing, Answer.I_CALLED)
    assert answer == Refusal(code=Hint.RISK_BLOCKED.value)
    await _stays_red(world, Hint.RISK_BLOCKED)


@pytest.mark.parametrize("answer", [Answer.NO_CALL, Answer.THEY_CALLED])
async def test_a_decline_stays_and_no_other_check_opens(answer: Answer) -> None:
    world = await _world()
    opened = await world.opened(line=FRAUDSTER)
    await world.claimed(opened.code)
    await world.claiming.confirm(world.app(), opened.pairing, answer)
    await _stays_red(world, Hint.USER_DECLINED_CALL)


async def _stays_red(world: World, hint: Hint) -> None:
    for minutes in (0, 5, 60):
        world.clock.pass_by(minutes=minutes)
        again = await world.opening.open(world.request(key=f"call-1:{minutes}:0"))
        assert again == Refusal(code=hint.value)
        assert (await _seen(world)).badge is Badge.RED


async def test_what_is_shown_is_what_is_signed_byte_for_byte() -> None:
    world = await _world()
    opened = await world.opened(line=FRAUDSTER)
    claim = await world.claimed(opened.code)
    assert claim.line_last4 == FRAUDSTER[-4:]
    await world.claiming.confirm(world.app(), opened.pairing, Answer.I_CALLED)
    view = await world.chosen(opened.pairing)
    assert isinstance(view, AppView)
    assert view.statement is not None
    said = json.loads(view.statement)
    match = world.row(opened.pairing).match
    assert match is not None
    assert (said["line_last4"], said["match"]) == (FRAUDSTER[-4:], match.right)
    for words in (claim.business, claim.shown_number, "あなたがかけた電話", "同意ではありません"):
        assert words in said["shown"]
        assert words.encode() in view.statement
