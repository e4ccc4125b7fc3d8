"""T4: the number is a hint. Whoever calls with a customer's number hears what a stranger hears."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import LINE, Caller, Heard, Stage, a_stage

STRANGER, ANOTHER = "+819099998888", "+819077776666"
HIDDEN, POLICE_LIKE = "anonymous", "+81335810110"
CUSTOMER = {
    "name": "風道 花子",
    "family name": "風道",
    "given name": "花子",
    "contract": "C-canary-1001",
    "number": LINE,
    "national": "090-1234-5678",
    "digits": "09012345678",
    "last four": "5678",
    "due": "2026-12-10",
}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        await App(stage=made, contract=CUSTOMER["contract"]).holds_a_contract()
        made.tables.found["customer"] = {"contract": CUSTOMER["contract"]}
        made.tables.found["open_case"] = {"due": "2026-12-10", "fee": 0}
        yield made


async def _through(caller: Caller, *keys: str) -> list[tuple[str, list[str]]]:
    """What is heard from the first ring to the queue, and the verbs; own codes as one sign."""
    heard = [await caller.arrives()]
    for key in keys:
        if "Enqueue" in caller.document.verbs:
            break
        heard.append(await caller.presses(key))
    return [(_plain(one), one.verbs) for one in heard]


def _plain(heard: Heard) -> str:
    """What is said, without the queue's token; the digits of a code are one sign."""
    said = heard.said.replace(_token(heard), "")
    return re.sub("ゼロ|イチ|ニー|サン|ヨン|ゴー|ロク|ナナ|ハチ|キュウ", "#", said)


def _token(heard: Heard) -> str:
    return heard.token if "Enqueue" in heard.verbs else ""


async def _whole(caller: Caller, *keys: str) -> list[tuple[str, list[str]]]:
    heard = await _through(caller, *keys)
    await caller.status("completed")
    return heard


WAYS = {
    "straight to a person": ("0",),
    "no key at all": ("",) * 8,
    "a check that nobody does": ("1", "", "", "9"),
    "a change": ("2", "", "9"),
    "a customer number": ("3", "10000001", "", "9"),
}


@pytest.mark.parametrize("keys", WAYS.values(), ids=WAYS)
async def test_a_customers_number_hears_what_a_strangers_does(
    stage: Stage, keys: tuple[str, ...]
) -> None:
    known = await _whole(stage.caller(LINE), *keys)
    unknown = await _whole(stage.caller(STRANGER), *keys)
    assert known == unknown


async def test_a_customers_number_keyed_is_answered_as_any_other(stage: Stage) -> None:
    known = await _whole(stage.caller(STRANGER), "3", "10000001", "", "9")
    del stage.tables.found["customer"]
    assert await _whole(stage.caller(ANOTHER), "3", "10000002", "", "9") == known


@pytest.mark.parametrize("number", [LINE, STRANGER, HIDDEN, POLICE_LIKE])
@pytest.mark.parametrize("keys", WAYS.values(), ids=WAYS)
async def test_without_a_card_nothing_personal_is_said_and_nobody_is_verified(
    stage: Stage, number: str, keys: tuple[str, ...]
) -> None:
    caller = stage.caller(number)
    documents = [await caller.arrives()]
    for key in (*keys, "0"):
        if "Enqueue" in caller.document.verbs:
            break
        documents.append(await caller.presses(key))
    for document in documents:
        for what, fact in CUSTOMER.items():
            assert fact not in document.said.replace(_token(document), ""), what
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await stage.phone.pop.by_token("main", waiting.token)
    assert pop is not None
    assert pop.badge in ("grey", "checking")
    assert pop.identity_level in ("id_none", "id_number")
    assert pop.contracts == ()


async def test_a_customers_number_is_shown_as_no_more_than_a_hint(stage: Stage) -> None:
    caller = stage.caller(LINE)
    await _through(caller, "0")
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await stage.phone.pop.by_token("main", waiting.token)
    assert pop is not None
    assert (pop.badge, pop.identity_level, pop.contracts) == ("grey", "id_number", ())
    assert LINE not in str(pop)


async def test_a_hidden_number_has_no_digits_anywhere(stage: Stage) -> None:
    """Carriers put words spelled on the keypad there; nobody is rung back or warned by them."""
    caller = stage.caller("+266696687")
    await _through(caller, "0")
    row = await caller.row()
    assert (row.number, row.number_kind) == ("", "withheld")
