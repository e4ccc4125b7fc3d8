"""A check that the operator starts on the line: by keyboard, each step live; who may start it."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.async_api import BrowserContext, Page, expect

from ivr.queues.model import WaitingState
from tests.ivr.queues.adapters import waiting
from tests.operator_console.screen import opened, served
from tests.operator_console.stage import MOBILE, NOTHING, VERIFIED, Stage, running
from tests.operator_console.test_screen import RED, shows

pytestmark = pytest.mark.asyncio(loop_scope="session")
CALLER_RED = RED | {"check_modes": ("spoken_code", "sms_link")}


async def talking(stage: Stage, page: Page, result: object = MOBILE) -> None:
    await page.keyboard.press("v")
    await expect(page.locator("[data-presence=available]")).to_be_visible()
    await stage.enters("x", dict(result))  # type: ignore[call-overload]  # one of the stage's results
    await page.locator("[data-key=answer]").wait_for()
    await page.keyboard.press("a")
    await page.locator("[data-call=ringing]").wait_for()
    await stage.room.answering.joined("main", "x", "leg-1")
    await page.locator("[data-call=talking]").wait_for()


async def test_a_check_by_keyboard_with_each_step_live(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page)
        await page.keyboard.press("c")
        await expect(page.locator("#check-reason")).to_be_focused()
        await expect(page.locator("#check-reason")).to_have_value("first_check")
        await page.keyboard.press("Tab")
        await expect(page.locator("#check-spoken_code")).to_be_focused()
        await page.keyboard.press("Enter")

        await shows(page, "checking")
        assert stage.checks.asked == [("hanako-id", "call-x", "spoken_code", "first_check")]
        await expect(page.locator("[data-aloud=code]")).to_have_text("4721 9638")
        await expect(page.locator("#polite")).to_have_text(re.compile("読み上げる番号は 4721 9638"))
        await expect(page.locator("[aria-current=step]")).to_have_attribute(
            "data-step", "awaiting_app"
        )
        await expect(page.locator("#call")).to_be_focused()

        for hint, shown in (("awaiting_call_confirm", {}), ("awaiting_choice", {"item": "53"})):
            await stage.becomes("x", running(hint, **shown))
            await expect(page.locator("[aria-current=step]")).to_have_attribute("data-step", hint)
        await expect(page.locator("[data-aloud=item]")).to_have_text("53")
        await expect(page.locator("#polite")).to_have_text(re.compile("二桁の番号は 53 です"))
        await expect(page.locator("[data-aloud=code]")).to_have_count(0)
        await stage.becomes("x", running("awaiting_card"))
        await expect(page.locator("[data-state=done]")).to_have_count(4)
        await expect(page.locator("#call")).to_be_focused()

        await stage.becomes("x", VERIFIED | {"check_modes": ("spoken_code",)})
        await shows(page, "green")
        await expect(page.locator(".check.running")).to_have_count(0)
        await expect(page.locator(".changes li")).to_have_count(6)


async def test_an_alarm_is_lifted_with_a_reason_and_not_otherwise(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, CALLER_RED)
        await page.keyboard.press("c")
        await expect(page.locator("#check .warning")).to_have_text(re.compile("警告が解除"))
        await expect(page.locator("#check-reason")).to_have_value("alarm_explained")
        await page.keyboard.press("Escape")
        await expect(page.locator("#check-reason")).to_have_count(0)
        await expect(page.locator("[data-key=check]")).to_be_focused()
        await shows(page, "red")
        assert stage.checks.asked == []

        await page.keyboard.press("c")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#check-sms_link")).to_be_checked()
        await page.keyboard.press("Enter")
        await shows(page, "checking")
        assert stage.checks.asked == [("hanako-id", "call-x", "sms_link", "alarm_explained")]


async def test_what_stands_in_the_way_is_said(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page)
        stage.checks.refuses = "message_not_sent"
        await page.keyboard.press("c")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#banner")).to_have_text(re.compile("SMSを送れません"))
        stage.checks.refuses = "something_new"
        await page.locator("[data-key=check-start]").press("Enter")
        await expect(page.locator("#banner")).to_have_text(re.compile("始められませんでした"))


async def test_the_operator_stops_it(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, running("awaiting_pin"))
        await page.locator("[data-key=check-stop]").press("Enter")
        await expect(page.locator(".check.running")).to_have_count(0)
        assert stage.checks.stopped == ["call-x"]


async def test_it_reads_well(context: BrowserContext, tmp_path: Path) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, CALLER_RED)
        for result in (CALLER_RED, running("awaiting_app", code="47219638")):
            await stage.becomes("x", result)
            await shows(page, result["badge"])
            if result is CALLER_RED:
                await page.keyboard.press("c")
                await page.locator("#check-reason").wait_for()
            found = await Axe().run(page)
            assert [one["id"] for one in found.response["violations"]] == []


async def test_a_landline_is_not_offered_a_message(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, NOTHING | {"check_modes": ("spoken_code",)})
        await page.keyboard.press("c")
        await expect(page.locator("[name=check-mode]")).to_have_count(1)


async def test_the_machine_may_say_it(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, running("awaiting_app", code="47219638"))
        say = page.locator("[data-key=check-say]")
        await say.press("Enter")
        await expect(page.locator("#polite")).to_have_text(re.compile("自動音声でお伝えして"))
        assert stage.checks.said == ["call-x"]
        found = await Axe().run(page)
        assert [one["id"] for one in found.response["violations"]] == []
        stage.checks.refuses = "not_said"
        await say.press("Enter")
        await expect(page.locator("#banner")).to_have_text(re.compile("読み上げてください"))
        await stage.becomes("x", running("awaiting_pin"))
        await expect(say).to_have_count(0)


async def test_the_screen_says_against_what(context: BrowserContext) -> None:
    """Whom the call is about is known: before the check, beside its steps, and with its result."""
    async with served() as stage:
        page = await opened(context, stage)
        await talking(stage, page, MOBILE | {"check_expects": "C-1002"})
        await page.keyboard.press("c")
        await expect(page.locator("form [data-against]")).to_have_text(re.compile("C-1002$"))
        checked = running("awaiting_app", code="47219638") | {"expected": "C-1002"}
        await stage.becomes("x", checked)
        await expect(page.locator(".running [data-against]")).to_have_text(re.compile("C-1002$"))
        other = MOBILE | {"status": "failed", "hint": "person_mismatch", "expected": "C-1002"}
        await stage.becomes("x", other)
        await expect(page.locator("[data-fact=expected] code")).to_have_text("C-1002")
        await expect(page.locator(".columns [data-against]")).to_contain_text("照合先の契約")
        await expect(page.locator("kz-pop")).to_contain_text("契約者とは別の方のカード")


async def test_a_call_that_we_placed_has_its_screen(context: BrowserContext) -> None:
    async with served() as stage:
        await stage.available("hanako-id")
        placed = MOBILE | {"direction": "business", "check_expects": "C-1001"}
        stage.pops.results["t"] = placed
        talk = {"state": WaitingState.TALKING, "offered_to": "hanako-id", "placed": True}
        await stage.room.placed_talks.begin(waiting("t", **talk))
        page = await opened(context, stage)
        await expect(page.locator("[data-fact=direction] dd")).to_have_text("当社からかけた通話")
        await page.keyboard.press("c")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".check.running")).to_have_count(1)
        unknown = {"check_modes": (), "check_refused": "number_not_on_contract"}
        await stage.becomes("t", placed | unknown)
        await expect(page.locator("[data-check=refused]")).to_contain_text("登録されていない")
        await expect(page.locator("[data-key=check]")).to_have_count(0)
        found = await Axe().run(page)
        assert [one["id"] for one in found.response["violations"]] == []


async def test_only_who_has_the_call_may_start_or_stop_one() -> None:
    stage = Stage()
    mine, other = await stage.signed_in("hanako"), await stage.signed_in("taro")
    await stage.available("hanako-id")
    await stage.enters("x", MOBILE)
    asked = {"token": "x", "mode": "spoken_code", "reason": "first_check"}
    for page in (other,):
        assert (await page.post("api/check", asked)).status_code == 404
        assert (await page.post("api/check-stop", {"token": "x"})).status_code == 404
    assert (await mine.post("api/check", asked | {"reason": "because"})).status_code == 400
    assert (await mine.post("api/check", asked | {"mode": "app_dial"})).status_code == 400
    assert (await mine.post("api/check", asked, X_CSRF_Token="no")).status_code == 403
    assert stage.checks.asked == []
    assert (await mine.post("api/check", asked)).status_code == 204
    row = stage.room.row("x")
    assert row.state is WaitingState.WAITING  # the offer is enough, nobody has to talk yet
    stage.clock.pass_by(21)
    assert (await mine.post("api/check", asked)).status_code == 404
    assert len(stage.checks.asked) == 1
