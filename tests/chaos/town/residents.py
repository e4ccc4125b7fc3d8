"""Who lives here: callers with a card and a contract each, and the operators of one desk."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from stand_ins.jpki.cards import CardPlan
from stand_ins.jpki.people import PEOPLE

DIALLED: Final = "+81312345678"
RINGS_BACK: Final = "+81312345679"
"""Where nobody answers, and one may ask to be rung back."""
PURPOSE: Final = "account"
GENERAL_DESK: Final = "+81312340009"
DESK_LINES: Final = 20
PASSWORD: Final = "kaze-ni-fukarete-8801"
PIN: Final = "1234"
SIGN_PASSWORD: Final = "KAZASU123"
QUEUES: Final = ("verified", "general", "safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A caller: `card` is the name in the rack. A card `revoked` or `expired` proves nothing."""

    number: str
    card: str
    person_id: str
    contract: str
    revoked: bool = False
    expired: bool = False

    @property
    def unusable(self) -> bool:
        return self.revoked or self.expired

    @property
    def plan(self) -> CardPlan:
        plan = CardPlan(person=PEOPLE["hanako"])
        if self.revoked:
            return replace(plan, revoked=(("auth", "keyCompromise"), ("sign", "keyCompromise")))
        return replace(plan, authority="g1", ended=True) if self.expired else plan

    @property
    def holder_row(self) -> str:
        line = "0" + self.number.removeprefix("+81")
        return f"{self.contract},住人　{self.card},{line},{self.person_id}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    id: str
    login: str
    phone: str


def resident(n: int, number: str) -> Resident:
    """Every twelfth has a card that cannot be used."""
    return Resident(
        number=number,
        card=f"resident-{n}",
        person_id=f"person-{n}",
        contract=f"c-{n:04}",
        revoked=n % 24 == 0,
        expired=n % 24 == 12,
    )


def clerks(number: int) -> tuple[Clerk, ...]:
    return tuple(
        Clerk(id=f"{n:016x}", login=f"clerk{n}", phone=f"+8133837{n:04}")
        for n in range(1, number + 1)
    )


def holders(residents: Iterable[Resident]) -> str:
    """As the business would import them."""
    rows = "".join(one.holder_row for one in residents)
    return f"contract_ref,display_name,phones,person_id\n{rows}"


CALLERS: Final = tuple(resident(n, f"+8190777{n:05}") for n in range(9))
"""The first one's card is revoked."""
CLERKS: Final = clerks(3)
