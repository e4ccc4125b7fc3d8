"""F4-F6: without counters nothing may be guessed, and callers are served all the same."""

from identity.evidence_archive.recording import Recorder
from identity.pairing.model import CallState
from identity.pairing.ports import Counters, CountersAway
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Claiming
from identity.pairing.verbs.opening import Opening
from identity.pairing.views import PairingView
from tests.identity.pairing.world import World


class Failing:
    """Away while `away`, after `until` more answers."""

    def __init__(self, inner: Counters, until: int = 0) -> None:
        self._inner = inner
        self.until = until
        self.away = True

    async def add(self, key: str, *, window_seconds: int) -> int:
        self._asked()
        return await self._inner.add(key, window_seconds=window_seconds)

    async def count(self, key: str, *, window_seconds: int) -> int:
        self._asked()
        return await self._inner.count(key, window_seconds=window_seconds)

    def _asked(self) -> None:
        if self.away and self.until <= 0:
            raise CountersAway
        self.until -= 1


def _with(counters: Failing, world: World) -> None:
    recorder = Recorder(world.deployment.random)
    world.opening = Opening(world.deployment, world.pairings, counters, world.ending, recorder)
    world.claiming = Claiming(
        world.deployment, world.pairings, counters, world.ending, world.arriving
    )


async def test_a_caller_gets_the_longer_code_and_nobody_may_enter_one() -> None:
    world = World()
    counters = Failing(world.counters)
    _with(counters, world)
    opened = await world.opening.open(world.request())
    assert isinstance(opened, PairingView)
    assert len(opened.code) == world.policy.code_random_digits_alarmed + 1
    await _is_refused(world, opened.code)
    counters.away = False
    await world.claimed(opened.code)


async def test_an_entry_that_cannot_be_counted_is_the_last() -> None:
    world = World()
    code = (await world.opened()).code
    _with(Failing(world.counters, until=2), world)  # two questions before, then nothing
    first = await _enter(world, "00000000")
    assert first == "expired_or_unknown"
    await _is_refused(world, code)


async def _enter(world: World, code: str) -> str:
    answer = await world.claiming.claim(world.app(), code, CallState.UNKNOWN, address="192.0.2.1")
    return answer.code if isinstance(answer, Refusal) else "claimed"


async def _is_refused(world: World, code: str) -> None:
    assert await _enter(world, code) == "slow_down"
