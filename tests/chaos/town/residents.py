"""Who lives here: callers with a card and a contract each, and the operators of one desk."""

from dataclasses import dataclass, replace
from typing import Final

from stand_ins.jpki.cards import CardPlan
from stand_ins.jpki.people import PEOPLE

DIALLED: Final = "+81312345678"
GENERAL_DESK: Final = "+81312340009"
DESK_LINES: Final = 20
PASSWORD: Final = "kaze-ni-fukarete-8801"
PIN: Final = "1234"
SIGN_PASSWORD: Final = "KAZASU123"
QUEUES: Final = ("verified", "general", "safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A caller: `card` is the name in the rack; `revoked` when the card cannot be used any more."""

    number: str
    card: str
    person_id: str
    contract: str
    revoked: bool = False

    @property
    def plan(self) -> CardPlan:
        plan = CardPlan(person=PEOPLE["hanako"])
        if not self.revoked:
            return plan
        return replace(plan, revoked=(("auth", "keyCompromise"), ("sign", "keyCompromise")))

    @property
    def holder_row(self) -> str:
        line = "0" + self.number.removeprefix("+81")
        return f"{self.contract},住人　{self.card},{line},{self.person_id}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    id: str
    login: str
    phone: str


CALLERS: Final = tuple(
    Resident(
        number=f"+8190777{n:05}",
        card=f"resident-{n}",
        person_id=f"person-{n}",
        contract=f"c-{n:04}",
        revoked=n == 0,
    )
    for n in range(9)
)
"""The first one's card is revoked."""
CLERKS: Final = tuple(
    Clerk(id=f"{n:016x}", login=f"clerk{n}", phone=f"+8133837{n:04}") for n in range(1, 4)
)
HOLDERS: Final = "contract_ref,display_name,phones,person_id\n" + "".join(
    caller.holder_row for caller in CALLERS
)
