"""Who sees what of a call, in every state and from every side; and the evidence of it."""

import json
from typing import Any

import pytest

from ivr.queues.model import WaitingState
from operator_console.access import Seen, seen
from tests.ivr.queues.adapters import START, operator, waiting
from tests.operator_console.stage import NUMBER, VERIFIED, Page, Stage

W, R, T, G = WaitingState.WAITING, WaitingState.RINGING, WaitingState.TALKING, WaitingState.GONE
UNTIL = START.replace(minute=1)


@pytest.mark.parametrize(
    ("state", "to", "until", "queue", "tenant", "expected"),
    [
        (W, "", None, "general", "main", Seen.ENTRY),
        (W, "a", UNTIL, "general", "main", Seen.POP),
        (W, "a", START, "general", "main", Seen.ENTRY),
        (W, "b", UNTIL, "general", "main", Seen.ENTRY),
        (R, "a", UNTIL, "general", "main", Seen.POP),
        (R, "b", UNTIL, "general", "main", Seen.ENTRY),
        (T, "a", None, "general", "main", Seen.POP),
        (T, "b", None, "general", "main", Seen.ENTRY),
        (T, "b", None, "safety", "main", Seen.NOTHING),
        (G, "a", None, "general", "main", Seen.NOTHING),
        (T, "a", None, "general", "other", Seen.NOTHING),
    ],
)
def test_the_rule(
    state: WaitingState, to: str, until: Any, queue: str, tenant: str, expected: Seen
) -> None:
    row = waiting("x", state=state, offered_to=to, offered_until=until, queue=queue, tenant=tenant)
    assert seen(row, operator("a"), START) is expected
    assert seen(None, operator("a"), START) is Seen.NOTHING


ATTRIBUTES = {"answers.topic": "change", "identity": "verified", "contract": "C-1001"}


async def offered() -> tuple[Stage, Page, Page]:
    """`x` is verified and offered to hanako; taro is the other page."""
    stage = Stage()
    await stage.available("hanako-id")
    await stage.enters("x", VERIFIED, attributes=ATTRIBUTES)
    return stage, await stage.signed_in("hanako"), await stage.signed_in("taro")


async def test_the_pop_is_for_whom_it_is_offered_to() -> None:
    stage, mine, theirs = await offered()
    pop = await (await mine.get("api/pop/x")).get_json()
    assert (pop["view"], pop["badge"], pop["line"]) == ("pop", "green", "•••••••••5678")
    assert pop["contracts"] == [{"ref": "C-1001", "holder": "見本 花子"}]
    assert pop["verdict"]["at"] == "2026-11-24T00:59:18.000Z"
    assert pop["attributes"] == {"answers.topic": "change"}
    assert not {"call_ref", "offered_to"} & set(pop)
    entry = await (await theirs.get("api/pop/x")).get_json()
    assert entry["view"] == "entry"
    assert "花子" not in json.dumps(entry, ensure_ascii=False)
    assert not {"contracts", "attributes", "line", "verdict"} & set(entry)
    assert stage.rows.written == [("view", "hanako-id", "x")]


async def test_nobody_sees_a_call_of_another_tenant_or_of_none() -> None:
    stage, mine, _ = await offered()
    await stage.room.entering.enter(
        waiting("theirs", tenant="other", offered_to="hanako-id", state=T)
    )
    for token in ("theirs", "nothing", "x' OR 1=1", "../x"):
        answer = await mine.get(f"api/pop/{token}")
        assert answer.status_code == 404
    assert stage.rows.written == []


async def test_a_call_that_went_to_another_meanwhile_is_not_shown() -> None:
    """Between the rule and the pop: what is shown is judged by what was read last."""
    stage, mine, _ = await offered()
    stage.pops.results["x"] = VERIFIED | {"offered_to": "taro-id"}
    assert (await mine.get("api/pop/x")).status_code == 404
    assert stage.rows.written == []


async def test_the_state_names_nobody() -> None:
    stage, mine, theirs = await offered()
    await stage.enters("y", VERIFIED)
    state = await (await mine.get("api/state")).get_json()
    assert (state["offer"]["token"], state["call"]) == ("x", None)
    assert [(one["token"], one["position"], one["badge"]) for one in state["waiting"]] == [
        ("x", 1, "green"),
        ("y", 2, "green"),
    ]
    others = await (await theirs.get("api/state")).get_json()
    assert (others["offer"], others["call"]) == (None, None)
    for shown in (state, others):
        text = json.dumps(shown, ensure_ascii=False)
        assert "花子" not in text
        assert "5678" not in text
    assert stage.rows.written == []


async def test_without_its_evidence_row_nothing_is_shown() -> None:
    stage, mine, _ = await offered()
    stage.rows.broken = True
    stage.rows.signed.add("x")
    asked = [
        await mine.post(f"api/{what}", {"token": "x"}) for what in ("reveal", "card-attributes")
    ]
    for answer in (await mine.get("api/pop/x"), *asked):
        assert answer.status_code == 500
        body = await answer.get_data(as_text=True)
        assert json.loads(body)["code"] == "internal_error"
        assert "花子" not in body
        assert NUMBER not in body


async def test_the_number_is_revealed_for_ones_own_call_only() -> None:
    stage, mine, theirs = await offered()
    assert (await theirs.post("api/reveal", {"token": "x"})).status_code == 404
    assert await (await mine.post("api/reveal", {"token": "x"})).get_json() == {"line": NUMBER}
    assert stage.rows.written == [("reveal", "hanako-id", "x")]


async def test_what_the_card_says_is_shown_for_ones_own_call_only() -> None:
    stage, mine, theirs = await offered()
    assert (await mine.post("api/card-attributes", {"token": "x"})).status_code == 404
    stage.rows.signed.add("x")
    assert (await theirs.post("api/card-attributes", {"token": "x"})).status_code == 404
    answer = await mine.post("api/card-attributes", {"token": "x"})
    assert await answer.get_json() == {
        "name": "見本 花子",
        "address": "東京都見本区1-2",
        "birth_date": "1985-??-04",
        "sex": "female",
        "substituted": ["address"],
        "problems": ["address_flags"],
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert stage.rows.written == [("card", "hanako-id", "x")]


async def test_another_operator_neither_answers_nor_passes_on() -> None:
    stage, mine, theirs = await offered()
    for path in ("api/answer", "api/decline"):
        assert (await theirs.post(path, {"token": "x"})).status_code == 409
    assert stage.room.phones.rung == []
    assert (await mine.post("api/answer", {"token": "x"})).status_code == 204
    assert (await mine.post("api/answer", {"token": "x"})).status_code == 204
    assert len(stage.room.phones.rung) == 1


async def test_when_the_call_ends_the_pop_is_gone() -> None:
    stage, mine, _ = await offered()
    await mine.post("api/answer", {"token": "x"})
    await stage.room.answering.joined("main", "x", "leg-1")
    assert (await (await mine.get("api/state")).get_json())["call"]["state"] == "talking"
    await stage.room.entering.leave("main", "call-x")
    assert (await mine.get("api/pop/x")).status_code == 404
    state = await (await mine.get("api/state")).get_json()
    assert (state["call"], state["presence"]["state"]) == (None, "wrap_up")
    for _ in range(2):
        assert (await mine.post("api/wrap-up-done")).status_code == 204
    state = await (await mine.get("api/state")).get_json()
    assert state["presence"]["state"] == "available"


async def test_wrap_up_done_ends_nothing_else() -> None:
    _, mine, _ = await offered()
    await mine.post("api/presence", {"presence": "break"})
    await mine.post("api/wrap-up-done")
    state = await (await mine.get("api/state")).get_json()
    assert state["presence"]["state"] == "break"


async def test_a_phone_that_cannot_be_rung_is_said() -> None:
    stage, mine, _ = await offered()
    stage.room.phones.trouble = True
    answer = await mine.post("api/answer", {"token": "x"})
    assert answer.status_code == 502
    state = await (await mine.get("api/state")).get_json()
    assert (state["presence"]["state"], state["offer"]) == ("paused", None)


async def test_a_long_list_is_cut_and_counted() -> None:
    stage = Stage()
    page = await stage.signed_in()
    for number in range(53):
        await stage.enters(f"t{number:02}")
    await stage.enters("elsewhere", queue="safety")
    state = await (await page.get("api/state")).get_json()
    assert (len(state["waiting"]), state["more"]) == (50, 3)
