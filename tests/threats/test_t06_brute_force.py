"""T6: many entries at once are held to the same limits as many after each other."""

import asyncio
from collections.abc import Iterable

from identity.pairing.model import CallState, Pairing
from identity.pairing.refusals import Refusal
from identity.pairing.views import ClaimView, DeskClaim
from tests.identity.pairing.memory_pairings import MemoryPairings
from tests.identity.pairing.world import World


class SlowLookups(MemoryPairings):
    """As a database does, a look-up lets others run before it answers."""

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        found = await super().by_locator(locator_hash)
        for _ in range(3):
            await asyncio.sleep(0)
        return found


def _world() -> World:
    plain = World()
    return World(pairings=SlowLookups(plain.clock, plain.evidence, plain.policy.result_lives))


async def _at_once(world: World, apps: Iterable[str], code: str = "00000000") -> list[str]:
    """What each of these installations hears, all from one address."""

    async def enter(app: str) -> ClaimView | DeskClaim | Refusal:
        return await world.claiming.claim(
            world.app(app), code, CallState.UNKNOWN, address="192.0.2.1"
        )

    answers = await asyncio.gather(*(enter(app) for app in apps))
    return [answer.code if isinstance(answer, Refusal) else "claimed" for answer in answers]


async def test_one_installation_gets_five_wrong_entries_however_it_sends_them() -> None:
    heard = await _at_once(_world(), ["app-1"] * 40)
    assert heard.count("expired_or_unknown") == 5
    assert heard.count("slow_down") == 35


async def test_one_address_gets_twenty_however_its_installations_send_them() -> None:
    heard = await _at_once(_world(), [f"app-{number}" for number in range(60)])
    assert heard.count("expired_or_unknown") == 20
    assert heard.count("slow_down") == 40


async def test_the_right_code_among_too_many_guesses_is_not_taken() -> None:
    world = _world()
    code = (await world.opened()).code
    guesses = [_at_once(world, ["app-1"]) for _ in range(5)]
    *_, last = await asyncio.gather(*guesses, _at_once(world, ["app-1"], code))
    assert last == ["slow_down"]


async def test_the_winner_may_repeat_its_claim_at_once_as_often_as_it_likes() -> None:
    world = _world()
    code = (await world.opened()).code
    assert await _at_once(world, ["app-1"] * 10, code) == ["claimed"] * 10
