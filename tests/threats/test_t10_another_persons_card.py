"""T10: another person's card. Nobody gets a contract by a name that only looks like its own."""

from dataclasses import replace
from typing import Any

import pytest

from identity.contract_holders.enrolling import Outcome
from stand_ins.jpki.people import PEOPLE
from tests.identity.contract_holders.office import HANAKO, Office, a_card
from tests.identity.pairing.world import LINE

OTHERS = replace(HANAKO, contract_ref="K-other")


@pytest.mark.parametrize(
    ("card", "contract", "outcome"),
    [
        ({}, {}, "enrolled"),
        ({"name": "高浜　健"}, {}, "wrong_holder"),
        ({"name": "高浜　健"}, {"display_name": "髙濱　健"}, "enrolled"),
        ({"name": "渡邊　一"}, {"display_name": "渡辺 一"}, "enrolled"),
        ({"name": "斎藤　誠"}, {"display_name": "斉藤　誠"}, "wrong_holder"),  # two names
        ({"name": "大田　誠"}, {"display_name": "太田　誠"}, "wrong_holder"),
        ({"name": "星岡　ちゑ"}, {"display_name": "星岡　ちえ"}, "enrolled"),  # old kana
        ({"name": "星岡　ヰト"}, {"display_name": "星岡　イト"}, "enrolled"),
        (
            {"name": "髙浜　健", "name_flags": "1000"},
            {"display_name": "髙浜　健"},
            "needs_approval",
        ),
        ({"name": "髙浜　健", "name_flags": "1000"}, {"display_name": "髙田　健"}, "wrong_holder"),
        ({}, {"display_name": "〓道　花子"}, "needs_approval"),
        ({"birth_date": "319560413"}, {}, "wrong_holder"),  # of one name
        ({"birth_date": "319560000"}, {}, "needs_approval"),
        ({"birth_date": "319570000"}, {}, "wrong_holder"),
        ({}, {"birth_date": ""}, "needs_approval"),
        ({}, {"birth_date": "", "display_name": "〓〓　〓〓"}, "nothing_to_compare"),
        ({}, {"address": "茜県星岡市1"}, "needs_approval"),
        ({}, {"address": "茜県星岡市1", "former_addresses": ("風道市港町1-2-3",)}, "enrolled"),
    ],
)
async def test_whose_contract_it_is(
    card: dict[str, Any], contract: dict[str, Any], outcome: str
) -> None:
    person = replace(PEOPLE["hanako"], **card)
    office = Office(replace(HANAKO, **contract))
    found = await office.weigh(await a_card(person=person), contract="K-hanako")
    assert found.outcome is Outcome(outcome)
    assert (found.write is None) is (outcome not in ("enrolled", "needs_approval"))


@pytest.mark.parametrize(
    ("others", "outcome"),
    [
        ({}, "two_candidates"),  # two of one name and birth date, or one with two contracts
        ({"birth_date": "1956-04-13"}, "enrolled"),
        ({"display_name": "風道　太郎"}, "enrolled"),
        ({"birth_date": ""}, "two_candidates"),
    ],
)
async def test_two_contracts_with_one_number(others: dict[str, Any], outcome: str) -> None:
    office = Office(HANAKO, replace(OTHERS, **others))
    found = await office.weigh(await a_card(), phone=LINE)
    assert found.outcome is Outcome(outcome)
    if found.write is not None:
        assert found.holder == HANAKO


async def test_a_number_that_nobody_has() -> None:
    found = await Office(HANAKO).weigh(await a_card(), phone="+819000000000")
    assert (found.outcome, found.write) == (Outcome.NOBODY, None)
