"""T37: one card in two live calls: whichever is the fraud, neither stays green."""

from itertools import permutations

import pytest

from identity.contract_holders.hashes import card_hash
from identity.pairing.levels import Badge
from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint
from tests.identity.pairing.world import CARD, OTHER_CARD, PERSON, TENANT, World, linkage_key

CALLS = ("call-1", "call-2")


async def _world() -> World:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    return world


async def _badges(world: World) -> dict[str, tuple[Badge, Hint]]:
    found = {}
    for call in CALLS:
        seen = await world.watching.latest(TENANT.id, CallRef(call))
        assert seen is not None
        found[call] = (seen.badge, seen.hint)
    return found


@pytest.mark.parametrize("order", list(permutations(CALLS)), ids=" then ".join)
async def test_two_installations_neither_is_green(order: tuple[str, str]) -> None:
    """Also when both had reached the card before either was proven."""
    world = await _world()
    views = {call: await world.signable(call, f"app of {call}") for call in CALLS}
    for call in order:
        await world.proven(views[call], f"app of {call}")
    assert await _badges(world) == dict.fromkeys(CALLS, (Badge.RED, Hint.SUPERSEDED))
    told = {(news.call_ref, news.hint) for news in world.pairings.news}
    assert {(call, Hint.SUPERSEDED) for call in CALLS} <= told


async def test_two_cards_of_one_person_are_one_person() -> None:
    """A renewed card, or the same person's second key, is not a second person."""
    world = await _world()
    other = card_hash(TENANT, linkage_key("auth", OTHER_CARD))
    await world.linkage.link(TENANT.id, other, PERSON)
    first = await world.signable("call-1", "app-1")
    second = await world.signable("call-2", "app-2")
    await world.proven(first, "app-1", serial=CARD)
    await world.proven(second, "app-2", serial=OTHER_CARD)
    assert await _badges(world) == dict.fromkeys(CALLS, (Badge.RED, Hint.SUPERSEDED))


async def test_one_installation_in_two_calls_keeps_the_later_only() -> None:
    """Who hung up badly and called again is not an attacker."""
    world = await _world()
    for call in CALLS:
        await world.proven(await world.signable(call, "app-1"), "app-1")
    found = await _badges(world)
    assert found["call-1"] == (Badge.RED, Hint.SUPERSEDED)
    assert found["call-2"] == (Badge.GREEN, Hint.VERIFIED)


async def test_red_stays_on_both_whatever_is_tapped_next() -> None:
    world = await _world()
    for call, app in zip(CALLS, ("app-1", "app-2"), strict=True):
        await world.proven(await world.signable(call, app), app)
    for call in CALLS:
        again = await world.opening.open(world.request(call, key=f"{call}:9:0"))
        assert getattr(again, "code", "") == Hint.SUPERSEDED.value
    assert await _badges(world) == dict.fromkeys(CALLS, (Badge.RED, Hint.SUPERSEDED))
