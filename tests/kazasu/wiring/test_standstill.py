"""A process that stood still takes another name, and only then."""

import pytest

from kazasu.wiring.processes.standstill import LOOKS_EVERY, STOOD_STILL, Standstill


class Life:
    def __init__(self, *, away: bool = False) -> None:
        self.now, self.away, self.names = 100.0, away, 0

    async def begin_anew(self) -> None:
        self.names += 1
        if self.away:
            raise ConnectionError("Redis is away")


@pytest.mark.parametrize(
    ("passes", "names"),
    [
        ([LOOKS_EVERY] * 3, 0),
        ([LOOKS_EVERY + STOOD_STILL - 0.1], 0),
        ([LOOKS_EVERY + STOOD_STILL], 1),
        ([LOOKS_EVERY, 30.0, LOOKS_EVERY, LOOKS_EVERY], 1),
        ([5.0, LOOKS_EVERY, 5.0], 2),
    ],
)
async def test_it_takes_another_name_once_for_each_standstill(
    passes: list[float], names: int
) -> None:
    life = Life()
    watch = Standstill(lambda: life.now, life.begin_anew)
    await watch.turn()
    for seconds in passes:
        life.now += seconds
        await watch.turn()
    assert life.names == names


async def test_a_store_that_is_away_harms_nothing() -> None:
    life = Life(away=True)
    watch = Standstill(lambda: life.now, life.begin_anew)
    await watch.turn()
    life.now += 10
    await watch.turn()
    assert life.names == 1


async def test_who_could_not_answer_the_carrier_takes_another_name_at_once() -> None:
    life = Life()
    watch = Standstill(lambda: life.now, life.begin_anew)
    await watch.turn()
    watch.failed()
    assert watch.wake.is_set()
    await watch.turn()
    await watch.turn()
    assert life.names == 1
