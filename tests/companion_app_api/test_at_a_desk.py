"""The code of a desk over the wire: what is there in place of a call, and what is absent."""

import json

import pytest

from identity.pairing.model import DeskKind
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from tests.companion_app_api.speaking import CLAIM, Speaker, code_of
from tests.companion_app_api.stage import Stage


@pytest.fixture
async def desk(stage: Stage) -> DeskView:
    wanted = Wanted(kind=DeskKind.BUSINESS, by="tanaka", key="1")
    view = await stage.at_desk.begin(stage.tenant.id, wanted)
    assert isinstance(view, DeskView), view
    return view


async def test_a_claim_says_whose_desk_it_is(speaker: Speaker, desk: DeskView) -> None:
    body = {"locator": desk.code, "call_state": "none"}
    said = (await speaker.post(CLAIM, body)).json()
    assert set(said) == {
        "pairing", "status", "hint", "expires_at", "interval", "statement", "desk",
    }  # fmt: skip
    assert said["hint"] == "awaiting_pin"
    assert said["desk"] == {
        "business": {"name": "カザス保険", "logo": "", "number": "03-1234-5678"},
        "kind": "business",
        "purpose": "窓口での本人確認",
        "require": "id_card_auth",
    }
    statement = json.loads(said["statement"])
    assert (statement["type"], statement["mode"]) == ("business", "desk")
    assert (await speaker.post(CLAIM, body)).json() == said


async def test_the_app_sees_no_more_of_it_afterwards(speaker: Speaker, desk: DeskView) -> None:
    await speaker.post(CLAIM, {"locator": desk.code, "call_state": "none"})
    progress = await speaker.step(desk.pairing, "progress", {"hint": "awaiting_card"})
    assert progress.json()["hint"] == "awaiting_card"
    assert not {"desk", "call"} & set(progress.json())
    seen = await speaker.get(f"/v1/pairings/{desk.pairing}")
    assert not {"desk", "call"} & set(seen.json())


@pytest.mark.parametrize("state", ["outgoing", "incoming", "in_call"])
async def test_not_during_a_call(speaker: Speaker, desk: DeskView, state: str) -> None:
    answer = await speaker.post(CLAIM, {"locator": desk.code, "call_state": state})
    assert code_of(answer) == (409, "in_a_call")
    again = await speaker.post(CLAIM, {"locator": desk.code, "call_state": "unknown"})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("step", "body"),
    [("confirm", {"answer": "they_called"}), ("choose", {"round": 1, "choice": "26"})],
)
async def test_the_questions_of_a_call_do_not_come(
    speaker: Speaker, desk: DeskView, step: str, body: dict[str, object]
) -> None:
    await speaker.post(CLAIM, {"locator": desk.code, "call_state": "none"})
    assert code_of(await speaker.step(desk.pairing, step, body)) == (409, "out_of_order")
