"""T6: what guessing gains is arithmetic, and what a guess hears, and when, says nothing."""

import asyncio
import math
import random
import selectors
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from identity.installations.model import Installation
from identity.pairing.limits import EntryLimits
from identity.pairing.model import CallState, Pairing
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Claiming
from stores.memory.counters import MemoryCounters
from tests.identity.pairing.memory_pairings import MemoryPairings
from tests.identity.pairing.world import World

PENDING, DEVICES, ADDRESSES, MINUTES = 10_000, 1_000, 50, 10
POLICY = PairingPolicy()


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def _expected_hits(seconds_between: float) -> tuple[float, int]:
    """Of 10,000 calls that wait, how many the flood finds; and how many guesses it was let make.

    Every waiting call's code is a new one after its time to be claimed, in the length of then. All
    guesses are good codes (their check digit fits) of the shorter length, the likelier one.
    """
    clock = _Seconds()
    limits = EntryLimits(MemoryCounters(clock), POLICY)
    apps = [_app(f"app-{number}") for number in range(DEVICES)]
    life = POLICY.claim_within.total_seconds()
    hits, made, turn = 0.0, 0, 0
    longer_since = math.inf
    while clock.now < MINUTES * 60 and turn < DEVICES * 8:
        short = PENDING * (1 - min(1.0, max(0.0, clock.now - longer_since) / life))
        app, address = apps[turn % DEVICES], f"address {turn % ADDRESSES}"
        if await limits.may_enter(app, address) is None:
            hits += short / 10**POLICY.code_random_digits
            made += 1
            await limits.wrong_entry(app, address)
            if await limits.random_digits() != POLICY.code_random_digits:
                longer_since = min(longer_since, clock.now)
        turn += 1
        clock.now += seconds_between
    return hits, made


def _app(name: str) -> Installation:
    return replace(World().app(), id=name)


async def test_a_flood_of_ten_minutes_finds_less_than_one_call_of_ten_thousand() -> None:
    hits, made = await _expected_hits(seconds_between=MINUTES * 60 / DEVICES)
    assert hits < 1.0
    assert made <= ADDRESSES * POLICY.wrong_entries_per_address


async def test_all_at_once_it_has_no_more_guesses_than_its_addresses() -> None:
    hits, made = await _expected_hits(seconds_between=0.0)
    assert made == ADDRESSES * POLICY.wrong_entries_per_address
    assert hits <= 1.0 + 1e-9


# What a wrong entry takes, on a clock that only waiting moves.


class _Waiting(selectors.DefaultSelector):
    """Waits for nobody: what would have been waited for has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is not None:
            self.passed += max(timeout, 0.0)
        return ready


class _QuietLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.waiting = _Waiting()
        super().__init__(self.waiting)

    def time(self) -> float:
        return self.waiting.passed


class SlowStore(MemoryPairings):
    """A row that is there takes longer to be read than none, as in a database."""

    chance = random.Random(6)  # noqa: S311  # one fixed database

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        found = await super().by_locator(locator_hash)
        await asyncio.sleep(self.chance.uniform(0.001, 0.008 if found is None else 0.030))
        return found


def _run(work: Coroutine[Any, Any, dict[str, list[float]]]) -> dict[str, list[float]]:
    with asyncio.Runner(loop_factory=_QuietLoop) as runner:
        return runner.run(work)


async def _times(samples: int, policy: PairingPolicy) -> dict[str, list[float]]:
    plain = World()
    world = World(pairings=SlowStore(plain.clock, plain.evidence, plain.policy.result_lives))
    unguarded = replace(
        policy, wrong_entries_per_installation=10**9, wrong_entries_per_address=10**9
    )
    claiming = Claiming(
        replace(world.deployment, policy=unguarded),
        world.pairings,
        world.counters,
        world.ending,
        world.arriving,
    )
    codes = {
        "unknown": "00000000",
        "claimed by another": (await world.opened("call-1")).code,
        "expired": (await world.opened("call-2")).code,
        "no code at all": "12345678",
    }
    await world.claimed(codes["claimed by another"], "the-winner")
    world.clock.pass_by(seconds=world.policy.claim_within.total_seconds() + 1)
    took: dict[str, list[float]] = {kind: [] for kind in codes}
    kinds = random.Random(7)  # noqa: S311  # one fixed order
    time = asyncio.get_running_loop().time
    for number in range(samples):
        kind = kinds.choice(sorted(codes))
        began = time()
        answer = await claiming.claim(
            world.app(f"app-{number % 97}"), codes[kind], CallState.UNKNOWN, address="192.0.2.1"
        )
        assert answer == Refusal(code="expired_or_unknown"), (kind, answer)
        took[kind].append(time() - began)
    return took


def _same(one: list[float], other: list[float]) -> float:
    """The two-sample test of Kolmogorov and Smirnov: how likely so great a difference is by chance
    (the series of its limit distribution)."""
    places = sorted({round(value, 6) for value in (*one, *other)})
    apart = max(abs(_share(one, at) - _share(other, at)) for at in places)
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    x = (root + 0.12 + 0.11 / root) * apart
    if x < 0.2:
        return 1.0
    terms = [(-1.0) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 101)]
    return min(1.0, 2 * sum(terms))


def _share(values: list[float], at: float) -> float:
    return sum(1 for value in values if round(value, 6) <= at) / len(values)


def test_the_kinds_of_a_wrong_entry_cannot_be_told_apart_by_time() -> None:
    took = _run(_times(20_000, POLICY))
    first, *others = took.values()
    assert sum(len(times) for times in took.values()) == 20_000
    for times in others:
        assert _same(first, times) > 0.01


def test_without_the_time_that_a_wrong_entry_takes_they_could() -> None:
    """The judge sees what it is to see."""
    took = _run(_times(400, replace(POLICY, wrong_entry_takes=POLICY.claim_within * 0)))
    assert _same(took["unknown"], took["claimed by another"]) < 0.01


def test_the_judge_knows_chance() -> None:
    chance = random.Random(8)  # noqa: S311  # fixed
    one, other, later = ([chance.gauss(at, 1) for _ in range(500)] for at in (0, 0, 0.5))
    assert _same(one, other) > 0.01 > _same(one, later)
