"""People to be rung back: the list, taking one, ringing by one key; what is kept of them."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.async_api import BrowserContext, expect

from ivr.live_calls.callbacks.kept_results import Kept
from ivr.queues.model import CallbackState, Presence
from tests.ivr.queues.adapters import START, callback
from tests.operator_console.screen import opened, served
from tests.operator_console.stage import KEPT, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def asked(stage: Stage, name: str, **other: object) -> None:
    await stage.room.callback_list.register(callback(name, **other))


def shown_of(stage: Stage, name: str) -> Any:
    return stage.room.callbacks.rows["main", name]


async def test_a_call_back_by_keyboard(context: BrowserContext) -> None:
    async with served() as stage:
        stage.kept.results["a"] = KEPT
        await asked(stage, "a")
        await asked(stage, "b", since=START + timedelta(seconds=5))
        page = await opened(context, stage)
        await page.keyboard.press("v")
        await expect(page.locator("[data-presence=available]")).to_be_visible()
        await expect(page.locator("kz-callbacks li")).to_have_count(2)
        first = page.locator("[data-callback=a]")
        await expect(first).to_contain_text("カードのみ確認")
        await expect(first).to_contain_text("結びつきなし")
        await expect(page.locator("kz-callbacks")).not_to_contain_text("花子")

        await page.keyboard.press("r")
        taken = page.locator(".ring-back")
        await expect(taken).to_have_attribute("data-badge", "amber")
        await expect(taken).to_contain_text("見本 花子")
        await expect(taken).to_contain_text("あらためて確認してください")
        assert ("kept", "hanako-id", "ev_kept") in stage.rows.written

        await page.keyboard.press("r")
        await expect(taken).to_have_attribute("data-state", "ringing")
        await expect(page.locator("[data-presence=on_call]")).to_be_visible()
        assert stage.room.phones.rung[-1][1] == "a"
        await stage.room.ringing_back.picked_up("main", "a", "leg-1")
        await expect(taken).to_have_attribute("data-state", "calling")
        await stage.room.ringing_back.over("main", "a", "leg-1", "no_answer")
        await expect(taken).to_have_count(0)
        await expect(page.locator("[data-callback=a]")).to_contain_text("応答なし")
        await expect(page.locator("[data-presence=available]")).to_be_visible()
        assert stage.rows.written.count(("kept", "hanako-id", "ev_kept")) == 1


async def test_badges_of_what_is_kept_are_never_green(context: BrowserContext) -> None:
    async with served() as stage:
        stage.kept.results["a"] = Kept(badge="red", hint="wrong_choice")
        await asked(stage, "a")
        await asked(stage, "b", since=START + timedelta(seconds=5))
        page = await opened(context, stage)
        await expect(page.locator("[data-callback=a] kz-badge")).to_have_attribute("kind", "red")
        await expect(page.locator("[data-callback=b] kz-badge")).to_have_attribute("kind", "grey")
        await page.locator("[data-key=claim-a]").press("Enter")
        await expect(page.locator(".ring-back")).to_contain_text("契約の話をしない")
        found = await Axe().run(page)
        assert [one["id"] for one in found.response["violations"]] == []
        await page.locator("[data-key=close-callback]").press("Enter")
        await expect(page.locator(".ring-back")).to_have_count(0)
        assert shown_of(stage, "a").state is CallbackState.DONE


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (replace(KEPT, number_on_contract=False), "この方の契約に登録されていません"),
        (Kept(badge="grey", hint="", number_on_contract=False), "番号は契約に登録されていません"),
        (replace(KEPT, number_on_contract=True), ""),
    ],
    ids=["of somebody else", "of nobody", "theirs"],
)
async def test_a_number_that_is_not_on_their_contract_is_said(
    context: BrowserContext, kept: Kept, words: str
) -> None:
    async with served() as stage:
        stage.kept.results["a"] = kept
        await asked(stage, "a")
        assert await stage.room.callback_list.claim("main", "hanako-id", "a")
        page = await opened(context, stage)
        await expect(page.locator(".ring-back")).to_contain_text("発信する")
        said = page.locator("[data-number=unknown]")
        await expect(said).to_have_count(1 if words else 0)
        if words:
            await expect(said).to_contain_text(words)


async def test_the_list_says_no_names_and_other_queues_nothing() -> None:
    stage = Stage()
    stage.kept.results["a"] = KEPT
    await asked(stage, "a")
    await asked(stage, "b", queue="safety")
    page = await stage.signed_in("hanako")
    listed = await (await page.get("api/callbacks")).get_json()
    assert [one["callback"] for one in listed["list"]] == ["a"]
    text = str(listed)
    assert "花子" not in text
    assert "ev_kept" not in text
    assert re.fullmatch("•+0097", listed["list"][0]["line"])
    assert listed["list"][0]["kept"]["binding_level"] == "bind_none"
    assert (await page.post("api/callback-claim", {"callback": "b"})).status_code == 409


async def test_one_operator_has_it() -> None:
    stage = Stage()
    stage.kept.results["a"] = KEPT
    await asked(stage, "a")
    mine, other = await stage.signed_in("hanako"), await stage.signed_in("taro")
    one = {"callback": "a"}
    assert (await mine.get("api/callback/a")).status_code == 404
    assert (await mine.post("api/callback-claim", one)).status_code == 204
    assert (await other.post("api/callback-claim", one)).status_code == 409
    assert (await other.post("api/callback-ring", one)).status_code == 409
    assert (await other.post("api/callback-give-back", one)).status_code == 409
    assert (await other.get("api/callback/a")).status_code == 404
    named = await (await mine.get("api/callback/a")).get_json()
    assert named["kept"]["contracts"] == [{"ref": "C-1001", "holder": "見本 花子"}]
    assert (await mine.post("api/callback-ring", one)).status_code == 409  # signed out of work
    await stage.room.presence.choose("main", "hanako-id", Presence.BREAK)
    assert (await mine.post("api/callback-ring", one)).status_code == 204
    assert (await mine.post("api/callback-give-back", one)).status_code == 409
    stage.rows.broken = True
    assert (await mine.get("api/callback/a")).status_code == 500


@pytest.mark.parametrize("path", ["claim", "give-back", "close", "ring"])
async def test_acts_come_from_our_page(path: str) -> None:
    stage = Stage()
    await asked(stage, "a")
    page = await stage.signed_in("hanako")
    answer = await page.post(f"api/callback-{path}", {"callback": "a"}, X_CSRF_Token="no")
    assert answer.status_code == 403
    answer = await page.post(f"api/callback-{path}", {"callback": "a", "to": "+819000000000"})
    assert answer.status_code == 400
