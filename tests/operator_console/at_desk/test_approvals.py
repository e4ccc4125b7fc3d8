"""Enrolments that wait for a second person: who looks, who approves, what stands in the way."""

import json
import logging
from typing import Any

import pytest

from door_frame.staff_login import TRIES_PER_LOGIN_AND_ADDRESS
from identity.contract_holders.approving import Decided
from tests.operator_console.at_desk.test_checks import read, refusal
from tests.operator_console.stage import PASSWORD, Stage
from tests.operator_console.test_news import Stream

WRONG = "a colleague's guess"
DONE = (Decided.ENROLLED, Decided.ALREADY_ENROLLED, Decided.DECLINED)


async def waiting() -> tuple[Stage, str]:
    """Hanako began it."""
    stage = Stage()
    return stage, await stage.desks.waits_for("hanako")


def decision(enrolment: str, password: str = PASSWORD) -> dict[str, str]:
    return {"id": enrolment, "password": password}


async def test_everybody_sees_that_it_waits_and_whoever_began_it_that_others_decide() -> None:
    stage, enrolment = await waiting()
    for login, own in (("hanako", True), ("taro", False)):
        listed = await read(await stage.signed_in(login), "api/desk")
        (one,) = listed["approvals"]
        assert (one["id"], one["own"], one["begun_by"]) == (enrolment, own, "hanako")
        assert "花子" not in json.dumps(listed, ensure_ascii=False)
    assert stage.desks.looks.written == []


async def test_a_look_is_recorded_and_says_what_was_compared() -> None:
    stage, enrolment = await waiting()
    page = await stage.signed_in("taro")
    found = await read(page, f"api/approval/{enrolment}")
    assert (found["holder"], found["contract"]) == ("見本 花子", "C-1001")
    assert [one["finding"] for one in found["comparison"]] == ["untold", "same", "not_known"]
    answer = await page.post("api/approval-card-attributes", {"id": enrolment})
    assert (await answer.get_json())["name"] == "見本 花子"
    evidence = f"ev_{enrolment}"
    assert stage.desks.looks.written == [
        ("view", "taro-id", evidence),
        ("card", "taro-id", evidence),
    ]
    stage.desks.looks.broken = True
    assert (await page.get(f"api/approval/{enrolment}")).status_code == 500


async def test_another_account_approves_and_it_waits_no_more() -> None:
    stage, enrolment = await waiting()
    first, second = await stage.signed_in("hanako"), await stage.signed_in("taro")
    of = decision(enrolment)
    assert await refusal(await first.post("api/approval-approve", of)) == (409, "same_person")
    answer = await second.post("api/approval-approve", of)
    assert await answer.get_json() == {"outcome": "enrolled"}
    assert stage.desks.approvals.decided == [(enrolment, "taro", Decided.ENROLLED)]
    assert await refusal(await second.post("api/approval-approve", of)) == (404, "not_waiting")
    assert await refusal(await second.post("api/approval-decline", of)) == (404, "not_waiting")
    showing = await second.post("api/approval-card-attributes", {"id": enrolment})
    assert await refusal(showing) == (404, "not_waiting")
    assert await refusal(await second.get(f"api/approval/{enrolment}")) == (404, "not_waiting")


@pytest.mark.parametrize("login", ["hanako", "taro"])
async def test_either_may_decline(login: str) -> None:
    stage, enrolment = await waiting()
    page = await stage.signed_in(login)
    answer = await page.post("api/approval-decline", decision(enrolment))
    assert await answer.get_json() == {"outcome": "declined"}


@pytest.mark.parametrize("decided", [one for one in Decided if one not in DONE])
async def test_what_stands_in_the_way_is_a_code(decided: Decided) -> None:
    stage, enrolment = await waiting()
    stage.desks.approvals.answers = decided
    page = await stage.signed_in("taro")
    status, code = await refusal(await page.post("api/approval-approve", decision(enrolment)))
    assert (status, code) == (404 if decided is Decided.NOT_WAITING else 409, decided.value)


@pytest.mark.parametrize("path", ["approve", "decline"])
async def test_an_unlocked_screen_decides_nothing(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage, enrolment = await waiting()
    page = await stage.signed_in("taro")
    with caplog.at_level(logging.DEBUG):
        for body in ({"id": enrolment}, {"id": enrolment, "password": None}):
            assert (await page.post(f"api/approval-{path}", body)).status_code == 400
        for password in (WRONG, ""):
            refused = await page.post(f"api/approval-{path}", decision(enrolment, password))
            assert await refusal(refused) == (403, "wrong_password")
    assert stage.desks.approvals.decided == []
    assert WRONG not in caplog.text
    assert (await page.post(f"api/approval-{path}", decision(enrolment))).status_code == 200


async def test_guessing_there_ends_where_guessing_at_the_sign_in_does() -> None:
    stage, enrolment = await waiting()
    page = await stage.signed_in("taro")
    for _ in range(TRIES_PER_LOGIN_AND_ADDRESS - 1):  # signing in was one try
        refused = await page.post("api/approval-approve", decision(enrolment, WRONG))
        assert await refusal(refused) == (403, "wrong_password")
    refused = await page.post("api/approval-approve", decision(enrolment))
    assert refused.headers["Retry-After"] == "900"
    assert await refusal(refused) == (429, "too_many_passwords")
    assert (await page.sign_in("taro", PASSWORD)).status_code == 429
    assert stage.desks.approvals.decided == []


async def test_a_decision_is_told_to_all_consoles() -> None:
    stage, enrolment = await waiting()
    page, other = await stage.signed_in("taro"), await stage.signed_in("hanako")
    async with Stream(other) as stream:
        await stream.next()
        await page.post("api/approval-approve", decision(enrolment))
        told: dict[str, Any] = await stream.next()
        assert (told["event"], json.loads(told["data"])) == ("desk", {"token": ""})


async def became(stage: Stage, enrolment: str) -> tuple[bool, str]:
    """As whoever began it sees it, in the list and alone."""
    page = await stage.signed_in("hanako")
    (listed,) = (await read(page, "api/desk"))["checks"]
    alone = await read(page, f"api/desk/{enrolment}")
    assert listed["enrolment"] == alone["enrolment"]
    return alone["enrolment"]["waits"], alone["enrolment"]["settled"]


@pytest.mark.parametrize(("path", "settled"), [("approve", "enrolled"), ("decline", "declined")])
async def test_whoever_began_it_sees_what_became_of_it(path: str, settled: str) -> None:
    stage, enrolment = await waiting()
    assert await became(stage, enrolment) == (True, "")
    await (await stage.signed_in("taro")).post(f"api/approval-{path}", decision(enrolment))
    assert await became(stage, enrolment) == (False, settled)


async def test_what_nobody_decides_in_time_says_so() -> None:
    stage, enrolment = await waiting()
    stage.desks.approvals.waits.clear()
    assert await became(stage, enrolment) == (False, "ran_out")
