"""Who calls in the course of the day and what for: a mix as a contact centre knows it."""

from collections.abc import Sequence
from random import Random
from typing import Final

from tests.chaos.people.plans import Leaves, Plan, Way
from tests.chaos.town.residents import Resident

MIX: Final = {
    Way.GREEN: 34,
    Way.APP: 16,
    Way.LINK: 10,
    Way.ZERO: 9,
    Way.RING_BACK: 5,
    Way.CANCELS: 4,
    Way.WRONG: 4,
    Way.OFFLINE: 4,
    Way.TWICE: 4,
    Way.NO_APP: 4,
    Way.DECLINES: 3,
    Way.RIVAL: 2,
    Way.SILENT: 1,
}
"""Of a hundred calls."""
_STAYS: Final = 0.88


def visit(random: Random, who: Resident) -> Plan:
    (way,) = random.choices(list(MIX), weights=list(MIX.values()))
    stays = way is Way.RING_BACK or random.random() < _STAYS
    return Plan(
        who=who,
        way=way,
        leaves=Leaves.NEVER if stays else random.choice(_LEAVES),
        after=0.0,
        thinks=random.uniform(0, 0.6),
        offline=random.uniform(1, 6),
        clock_off=0.0,
        talks=random.uniform(0.3, 1.5),
        for_a_change=random.random() < 0.1,
    )


_LEAVES: Final[Sequence[Leaves]] = tuple(Leaves)[1:]
