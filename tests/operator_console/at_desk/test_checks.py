"""The desk's part of the door: who may begin, see and stop what; the evidence of looking."""

import json
from typing import Any

import pytest

from identity.contract_holders.comparing import compare
from identity.contract_holders.model import Holder
from identity.jpki.attributes import Attributes, PartialDate, RegisteredText, Sex
from identity.pairing.outcomes import Hint, Status
from operator_console.at_desk.shown import compared
from tests.operator_console.at_desk.desks import AGREES, HANAKO, LEFT_OPEN
from tests.operator_console.stage import Page, Stage

BUSINESS: dict[str, Any] = {
    "kind": "business",
    "contract": "",
    "phone": "",
    "level": "id_card_auth",
    "purpose": "",
    "key": "key-00000001",
}
ENROLMENT = BUSINESS | {"kind": "enrolment", "contract": "C-1001", "level": "id_card_sign"}


async def begun(stage: Stage, page: Page, asked: dict[str, Any] = BUSINESS) -> str:
    answer = await page.post("api/desk-begin", asked)
    assert answer.status_code == 200, await answer.get_data()
    return str((await answer.get_json())["pairing"])


async def read(page: Page, path: str) -> dict[str, Any]:
    answer = await page.get(path)
    assert answer.status_code == 200, await answer.get_data()
    found = await answer.get_json()
    assert isinstance(found, dict)
    return found


async def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(await answer.get_data())["code"]


async def test_a_check_from_its_code_to_its_result() -> None:
    stage = Stage()
    page = await stage.signed_in()
    pairing = await begun(
        stage, page, BUSINESS | {"contract": " C-１００１ ", "purpose": "account"}
    )
    shown = await read(page, f"api/desk/{pairing}")
    assert (shown["status"], shown["hint"], shown["badge"]) == (
        "pending",
        "awaiting_app",
        "checking",
    )
    assert len(shown["code"]) == 8
    assert (shown["contract"], shown["purpose"]) == ("C-1001", "契約の確認")
    assert shown["contracts"] == []
    assert stage.desks.looks.written == []  # nothing of anybody was shown yet

    await stage.desks.becomes(Hint.VERIFIED, level="id_card_auth", contracts=("C-1001",))
    shown = await read(page, f"api/desk/{pairing}")
    assert (shown["badge"], shown["code"], shown["method"]) == ("amber", "", "card_and_pin")
    assert shown["contracts"] == [{"ref": "C-1001", "holder": "見本 花子"}]
    assert "call" in shown["not_checked"]
    assert shown["verdict"]["revocation"] == "good"
    assert stage.desks.looks.written == [("view", "hanako-id", f"ev_{pairing}")]


async def test_the_list_names_nobody_and_is_the_reader_s_own() -> None:
    stage = Stage()
    mine, theirs = await stage.signed_in("hanako"), await stage.signed_in("taro")
    first = await begun(stage, mine)
    await stage.desks.becomes(Hint.VERIFIED, level="id_card_auth", contracts=("C-1001",))
    stage.clock.pass_by(1)
    second = await begun(stage, mine, BUSINESS | {"key": "key-00000002"})
    listed = await read(mine, "api/desk")
    assert [one["pairing"] for one in listed["checks"]] == [second, first]
    assert listed["purposes"] == [{"name": "account", "words": "契約の確認"}]
    code = (await read(mine, f"api/desk/{second}"))["code"]
    assert code not in json.dumps(listed)
    assert "花子" not in json.dumps(listed, ensure_ascii=False)
    assert (await read(theirs, "api/desk"))["checks"] == []
    assert stage.desks.looks.written == []


async def test_a_result_that_ran_out_or_is_of_nobody_names_nobody() -> None:
    stage = Stage()
    page = await stage.signed_in()
    pairing = await begun(stage, page, BUSINESS | {"contract": "C-1001"})
    await stage.desks.becomes(Hint.PERSON_MISMATCH, level="id_card_auth", contracts=("C-1001",))
    shown = await read(page, f"api/desk/{pairing}")
    assert (shown["badge"], shown["contracts"]) == ("grey", [])

    pairing = await begun(stage, page, BUSINESS | {"key": "key-00000002", "level": "id_card_sign"})
    await stage.desks.becomes(Hint.VERIFIED, level="id_card_sign", contracts=("C-1001",))
    assert (await read(page, f"api/desk/{pairing}"))["card_attributes"] is True
    stage.clock.pass_by(3601)
    page = await stage.signed_in()  # the session has ended as well
    shown = await read(page, f"api/desk/{pairing}")
    assert (shown["badge"], shown["outdated"], shown["contracts"]) == ("grey", True, [])
    assert shown["card_attributes"] is False
    answer = await page.post("api/desk-card-attributes", {"pairing": pairing})
    assert await refusal(answer) == (404, "no_such_check")


async def test_of_others_nothing_is_seen_or_stopped() -> None:
    stage = Stage()
    mine, theirs = await stage.signed_in("hanako"), await stage.signed_in("taro")
    pairing = await begun(stage, mine, BUSINESS | {"level": "id_card_sign"})
    of = {"pairing": pairing}
    assert await refusal(await theirs.get(f"api/desk/{pairing}")) == (404, "no_such_check")
    assert await refusal(await theirs.post("api/desk-stop", of)) == (404, "no_such_check")
    assert stage.desks.last.status is Status.PENDING
    await stage.desks.becomes(Hint.VERIFIED, level="id_card_sign", contracts=("C-1001",))
    assert (await theirs.post("api/desk-card-attributes", of)).status_code == 404
    for name in ("nothing", "x' OR 1=1", "../x"):
        assert (await mine.get(f"api/desk/{name}")).status_code == 404
    assert stage.desks.looks.written == []


async def test_stopped_once_and_again() -> None:
    stage = Stage()
    page = await stage.signed_in()
    pairing = await begun(stage, page)
    for _ in range(2):
        assert (await page.post("api/desk-stop", {"pairing": pairing})).status_code == 204
    assert stage.desks.last.hint is Hint.BY_OPERATOR


async def test_pressed_twice_it_is_begun_once() -> None:
    stage = Stage()
    page = await stage.signed_in()
    first, second = await begun(stage, page), await begun(stage, page)
    assert first == second
    assert len(stage.desks.pairings.rows) == 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"contract": "C-9"}, (409, "no_such_contract")),
        ({"phone": "not a number"}, (409, "no_such_contract")),
        ({"purpose": "transfer"}, (409, "check_refused")),
        ({"kind": "enrolment"}, (400, "invalid_request")),
        ({"kind": "enrolment", "contract": "C-1001"}, (400, "invalid_request")),
        ({"contract": "C-1001", "phone": "090-1234-5678"}, (400, "invalid_request")),
        ({"level": "id_none"}, (400, "invalid_request")),
        ({"key": ""}, (400, "invalid_request")),
        ({"by": "taro"}, (400, "invalid_request")),
        ({"contract": "C-1001\0"}, (400, "invalid_request")),
        ({"contract": "\udc80"}, (400, "invalid_request")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_what_cannot_be_begun(asked: dict[str, str], expected: tuple[int, str]) -> None:
    stage = Stage()
    page = await stage.signed_in()
    assert await refusal(await page.post("api/desk-begin", BUSINESS | asked)) == expected
    assert stage.desks.pairings.rows == {}


async def test_a_look_that_cannot_be_recorded_shows_nothing() -> None:
    stage = Stage()
    page = await stage.signed_in()
    pairing = await begun(stage, page)
    await stage.desks.becomes(Hint.VERIFIED, level="id_card_auth", contracts=("C-1001",))
    stage.desks.looks.broken = True
    assert (await page.get(f"api/desk/{pairing}")).status_code == 500


async def test_an_enrolment_shows_each_comparison_and_no_text_of_either_side() -> None:
    stage = Stage()
    page = await stage.signed_in()
    pairing = await begun(stage, page, ENROLMENT)
    await stage.desks.becomes(
        Hint.VERIFIED_NO_CONTRACT, level="id_card_sign", enrolment=("needs_approval", LEFT_OPEN)
    )
    shown = await read(page, f"api/desk/{pairing}")
    assert shown["enrolment"] == {"outcome": "needs_approval", "waits": True, "settled": ""}
    assert shown["comparison"] == [
        {"attribute": "name", "finding": "untold", "ways": [], "places": [2]},
        {"attribute": "birth_date", "finding": "same", "ways": [], "places": []},
        {"attribute": "address", "finding": "not_known", "ways": [], "places": []},
    ]
    assert "東京都" not in json.dumps(shown, ensure_ascii=False)
    answer = await page.post("api/desk-card-attributes", {"pairing": pairing})
    assert (await answer.get_json())["address"] == "東京都見本区1-2"
    assert stage.desks.looks.written[-1] == ("card", "hanako-id", f"ev_{pairing}")


def test_a_comparison_is_read_as_it_was_written() -> None:
    card = Attributes(
        name=RegisteredText(text="齋藤 花", substitutes=(False, False, False, True)),
        sex=Sex.FEMALE,
        birth_date=PartialDate(year=1985, month=None, day=4),
        address=RegisteredText(text="東京都見本区1-2", substitutes=(False,) * 9),
        problems=(),
    )
    contract = Holder(
        tenant=HANAKO.tenant,
        contract_ref="C-1",
        display_name="斎藤花",
        phones=(),
        birth_date="1985-03-04",
        address="見本区1番2号",
    )
    written = compare(card, contract)
    told = {one["attribute"]: one for one in compared(written.as_facts())}
    for one in (written.name, written.birth_date, written.address):
        assert told[one.attribute.value] == {
            "attribute": one.attribute.value,
            "finding": one.finding.value,
            "ways": [way.value for way in one.ways],
            "places": [place + 1 for place in one.untold],
        }
    assert told["name"]["ways"]
    assert told["name"]["places"]
    assert compared(AGREES)[0]["ways"] == ["space", "variant"]
