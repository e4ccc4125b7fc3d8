"""What the people of a run are like and what they do: all of it from the seed."""

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from tests.chaos.town.residents import CALLERS, Resident


class Way(Enum):
    """How somebody behaves between the code and the result."""

    GREEN = "goes through with it"
    CANCELS = "changes their mind"
    DECLINES = "says: I am not on the phone"
    WRONG = "chooses the wrong number twice"
    OFFLINE = "has no network between claim and proof"
    TWICE = "sends the proof twice at once"
    RIVAL = "six phones with the same code at once"
    NO_APP = "hears the code and does nothing"
    ZERO = "presses zero"
    SILENT = "presses nothing"
    LINK = "asks for the link"
    APP = "taps first and calls from the app"
    RING_BACK = "asks to be rung back"


class Leaves(Enum):
    """Where somebody hangs up; those who do not stay until they reach a person."""

    NEVER = "never"
    IN_THE_MENU = "in the menu"
    WITH_THE_CODE = "with the code"
    AFTER_THE_CLAIM = "after the claim"
    BEFORE_THE_PROOF = "before the proof"
    IN_THE_QUEUE = "in the queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`after` seconds; `thinks` seconds before each step in the app; `offline` seconds;
    `clock_off` is what the smartphone's clock is wrong by."""

    who: Resident
    way: Way
    leaves: Leaves
    after: float
    thinks: float
    offline: float
    clock_off: float
    talks: float
    for_a_change: bool

    @property
    def words(self) -> str:
        leaves = "" if self.leaves is Leaves.NEVER else f", hangs up {self.leaves.value}"
        return f"{self.who.card}: {self.way.value}{leaves}"


_WAYS: Final = (
    *(Way.GREEN,) * 5,
    *(Way.CANCELS, Way.DECLINES, Way.WRONG, Way.OFFLINE, Way.OFFLINE, Way.TWICE, Way.TWICE),
    *(Way.RIVAL, Way.RIVAL, Way.NO_APP, Way.ZERO, Way.ZERO, Way.SILENT),
)
_LEAVES: Final = (*(Leaves.NEVER,) * 14, *list(Leaves)[1:])
_CLOCKS: Final = (*(0.0,) * 7, 600.0, -600.0, -86_400.0)


def plans(random: Random, number: int) -> list[Plan]:
    """So many callers, each with a telephone and a card of their own."""
    people = random.sample(CALLERS, number)
    return [
        Plan(
            who=who,
            way=random.choice(_WAYS),
            leaves=random.choice(_LEAVES),
            after=random.uniform(0, 5),
            thinks=random.uniform(0, 0.6),
            offline=random.uniform(1, 8),
            clock_off=random.choice(_CLOCKS),
            talks=random.uniform(0.3, 1.5),
            for_a_change=random.random() < 0.15,
        )
        for who in people
    ]
