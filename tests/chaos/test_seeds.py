"""A run with real processes, small enough for every day. `make chaos` runs as many as are asked.

People and faults are fixed, so that a red one can be had again by running it.
"""

import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from tests.chaos.faults.script import ALONE, FAULTS, Script, script
from tests.chaos.run import run
from tests.chaos.town import household
from tests.chaos.town.town import Town, build

pytestmark = pytest.mark.timeout(600)
CALLERS = 3
SEED = 5
ONE_FAULT = "service killed"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    built = asyncio.run(build(tmp_path_factory.mktemp("town"), shared=False))
    try:
        yield built
    finally:
        built.stop()


@pytest.fixture(scope="module")
def filled(town: Town) -> str:
    return asyncio.run(household.template(town, postgres=False))


async def test_no_invariant_is_violated(town: Town, filled: str) -> None:
    fault = next(one for one in FAULTS if one.name == ONE_FAULT)
    story = Script(database=ALONE, faults=((6.0, fault),))
    done = await run(town, {ALONE: filled}, SEED, callers=CALLERS, story=story)
    assert not done.violations, (done.faults, done.people, done.violations)
    assert done.faults
    assert sum(done.figures[name] for name in ("persons", "words", "left")) >= CALLERS


def test_a_seed_says_everything_beforehand_and_all_faults_come_up() -> None:
    many = [script(seed, Random(seed)) for seed in range(2 * len(FAULTS))]
    assert many == [script(seed, Random(seed)) for seed in range(2 * len(FAULTS))]
    met = {fault.name for one in many for _, fault in one.faults}
    assert met == {fault.name for fault in FAULTS}
    assert all(one.database in fault.on for one in many for _, fault in one.faults)
