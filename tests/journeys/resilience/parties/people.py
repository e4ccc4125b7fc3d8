"""Who calls and who answers here: names, numbers and secrets that occur nowhere else.

They are written so that finding one of them anywhere can mean only one thing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stand_ins.jpki.card_file import Pin
from stand_ins.jpki.cards import CardPlan
from stand_ins.jpki.people import KAZEMICHI, Person

CALLER: Final = "+819048151623"
DIALLED: Final = "+81312345678"
GENERAL_DESK: Final = "+81312340009"
OPERATOR_PHONE: Final = "+81338377431"
OPERATOR_NAME: Final = "鳳凰堂　係"
OPERATOR_LOGIN: Final = "hououdou"
OPERATOR_PASSWORD: Final = "hibari-no-uta-4471"
CUSTOMER_NUMBER: Final = "73519264"
HOLDER_NAME: Final = "見聞　金糸雀"
PIN: Final = "7402"
SIGN_PASSWORD: Final = "KANARIA77QX"
CARD: Final = "canary"
PERSON_ID: Final = "person-canary"

ON_THE_CARD: Final = Person(
    name="鵯越　金糸雀",
    sex="2",
    birth_date="319871029",
    address="霞県風道市鶯谷九丁目87番65-432号",
    home=KAZEMICHI,
)
PLAN: Final = CardPlan(
    person=ON_THE_CARD,
    auth_pin=Pin(value=PIN, tries=3),
    sign_pin=Pin(value=SIGN_PASSWORD, tries=5),
)
HOLDERS: Final = (
    f"contract_ref,display_name,phones,person_id\nc-0001,{HOLDER_NAME},090-4815-1623,{PERSON_ID}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """The business's own tables, which lie beside the service and not with its data."""

    folder: Path

    def write(self) -> None:
        self.folder.mkdir()
        tables = {
            "customer": f"number,contract\n{CUSTOMER_NUMBER},c-0001\n",
            "open_case": "contract,due,fee\nc-0001,2027-03-31,0\n",
            "service_notice": "notice\n",
        }
        for name, text in tables.items():
            (self.folder / f"{name}.csv").write_text(text, encoding="utf-8")
