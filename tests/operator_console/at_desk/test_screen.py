"""The desk's page in a real browser: a check by keyboard, a second person's approval, and calls
that come meanwhile."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.async_api import BrowserContext, Page, expect

from identity.contract_holders.approving import Decided
from identity.pairing.outcomes import Hint
from tests.operator_console.at_desk.desks import AGREES, HANAKO
from tests.operator_console.screen import opened, served
from tests.operator_console.stage import PASSWORD, VERIFIED, Stage
from tests.operator_console.test_screen import PAYLOAD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def at_the_desk(context: BrowserContext, stage: Stage) -> Page:
    page = await opened(context, stage)
    await page.keyboard.press("d")
    await expect(page.locator("#desk")).to_be_focused()
    await expect(page.locator("#call")).to_be_hidden()
    return page


async def reads_well(page: Page) -> None:
    found = await Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []


async def test_a_check_by_keyboard_with_each_step_live(context: BrowserContext) -> None:
    async with served() as stage:
        page = await at_the_desk(context, stage)
        await reads_well(page)
        await page.keyboard.press("n")
        await expect(page.locator("#desk-kind-business")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.type("C-1001")
        await stage.desks.waits_for("taro")  # news of others takes nothing away from typing
        await expect(page.locator("#to-desk")).to_have_text("窓口(確認待ち1件)")
        await expect(page.locator("#desk-contract")).to_be_focused()
        await page.keyboard.press("Enter")

        await page.locator("#desk [data-aloud=code]").wait_for()
        code = (await stage.desks.verbs.begun_by(stage.desks.last.tenant, "hanako"))[0].code
        grouped = f"{code[:4]} {code[4:]}"
        await expect(page.locator("#desk [data-aloud=code]")).to_have_text(grouped)
        await expect(page.locator("#polite")).to_have_text(f"番号は {grouped} です。")
        await expect(page.locator(".check .digits[data-until]")).to_have_text(re.compile("^残り"))
        await expect(page.locator("#desk")).to_be_focused()
        await expect(page.locator("#desk-contract")).to_have_count(0)
        await reads_well(page)

        for hint in (Hint.AWAITING_PIN, Hint.AWAITING_CARD, Hint.VERIFYING):
            await stage.desks.becomes(hint)
            step = page.locator("#desk [aria-current=step]")
            await expect(step).to_have_attribute("data-step", hint.value)
        await expect(page.locator("#desk [data-aloud=code]")).to_have_count(0)

        await stage.desks.becomes(Hint.VERIFIED, level="id_card_auth", contracts=("C-1001",))
        await expect(page.locator("#desk kz-badge.large")).to_have_text("カードのみ確認")
        await expect(page.locator("#polite")).to_have_text(re.compile("カードのみ確認. カードの方"))
        await expect(page.locator("#desk .person")).to_have_text(re.compile("見本 花子.*C-1001"))
        await expect(page.locator("#desk [data-fact=revocation]")).to_contain_text("失効していま")
        await expect(page.locator("#desk .not-checked")).to_contain_text("通話の相手")
        await reads_well(page)

        await page.locator("#language").click()
        await expect(page.locator("#desk kz-badge.large")).to_have_text("Card only")
        await page.reload()
        await expect(page.locator("[data-key^=desk-show]")).to_have_count(1)
        await page.locator("[data-key^=desk-show]").click()
        await expect(page.locator("#desk .person")).to_have_text(re.compile("見本 花子"))


async def test_a_second_person_decides_and_never_who_began_it(context: BrowserContext) -> None:
    async with served() as stage:
        hostile = replace(HANAKO, display_name=PAYLOAD)
        stage.desks.holders.rows[HANAKO.tenant, HANAKO.contract_ref] = hostile
        theirs = await stage.desks.waits_for("taro")
        stage.clock.pass_by(1)
        mine = await stage.desks.waits_for("hanako")
        page = await at_the_desk(context, stage)
        await page.locator(f"[data-key=desk-look-{mine}]").press("Enter")
        await expect(page.locator(f"[data-approval={mine}] .notice")).to_contain_text(
            "ほかの担当者"
        )
        await expect(page.locator("[data-attribute=name]")).to_have_attribute(
            "data-finding", "untold"
        )
        await expect(page.locator("[data-key=desk-approve]")).to_have_count(0)
        await page.locator(f"[data-key=desk-look-{theirs}]").press("Enter")
        await expect(page.locator("[data-attribute=name]")).to_contain_text("2文字目")
        await expect(page.locator(".decision .person strong")).to_have_text(PAYLOAD)
        await expect(page.locator("#desk img, #desk script")).to_have_count(0)
        await page.locator("#card-attributes button").press("Enter")
        await expect(page.locator("#card-attributes")).to_contain_text("東京都見本区1-2")
        await the_password_is_asked(page, stage)
        await reads_well(page)
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#polite")).to_have_text("承認し、登録しました。")
        await expect(page.locator("[data-approval]")).to_have_count(2)
        await expect(page.locator("#desk")).to_be_focused()
        assert stage.desks.approvals.decided == [(theirs, "hanako", Decided.ENROLLED)]
        assert {kind for kind, _, _ in stage.desks.looks.written} == {"view", "card"}


async def the_password_is_asked(page: Page, stage: Stage) -> None:
    """A wrong one decides nothing, leaves the sheet open, and is gone from the page."""
    field = page.locator("#desk-password")
    await expect(field).to_have_attribute("autocomplete", "current-password")
    await field.press_sequentially("wrong ")
    await stage.desks.waits_for("hanako")  # news of others takes nothing away from typing
    await expect(page.locator("[data-approval]")).to_have_count(3)
    await page.keyboard.type("horse")
    await expect(field).to_have_value("wrong horse")
    await page.locator("[data-key=desk-approve]").press("Enter")
    await expect(page.locator("#banner")).to_contain_text("パスワードが違います")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("")
    await expect(page.locator("#card-attributes")).to_contain_text("東京都見本区1-2")
    assert stage.desks.approvals.decided == []
    await page.keyboard.type("half a word")
    await page.locator("#to-calls").click()
    await page.locator("#to-desk").click()
    await expect(field).to_have_value("")
    await field.focus()


async def test_an_enrolment_says_what_agrees_and_why(context: BrowserContext) -> None:
    async with served() as stage:
        page = await at_the_desk(context, stage)
        await page.keyboard.press("n")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#desk-kind-enrolment")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#desk-by-phone")).to_be_checked()
        await page.keyboard.press("Tab")
        await page.keyboard.type("090-0000-0000")
        await page.keyboard.press("Enter")
        await expect(page.locator("#banner")).to_have_text(re.compile("その番号の契約はありません"))
        await expect(page.locator("#desk-phone")).to_be_focused()
        await page.keyboard.press("Control+a")
        await page.keyboard.type("090-1234-5678")
        await page.keyboard.press("Enter")
        await expect(page.locator("#desk .notice")).to_contain_text("署名用パスワード")
        enrolled = ("enrolled", AGREES)
        found = {"level": "id_card_sign", "contracts": ("C-1001",), "enrolment": enrolled}
        await stage.desks.becomes(Hint.VERIFIED, **found)
        await expect(page.locator("[data-outcome=enrolled]")).to_contain_text("登録しました。")
        rows = page.locator("#desk .compared tbody tr")
        await expect(rows).to_have_text(
            [
                re.compile("氏名.*異体字.*空白"),
                re.compile("生年月日.*一文字"),
                re.compile("住所.*以前"),
            ]
        )
        await reads_well(page)
        stage.desks.looks.broken = True
        await page.locator("[data-key^=desk-show]").click()
        await expect(page.locator("#desk .notice.warning")).to_contain_text("未確認として扱って")
        await expect(page.locator("#desk .person")).to_have_count(0)


async def test_a_call_that_comes_meanwhile_is_seen_and_taken(context: BrowserContext) -> None:
    async with served() as stage:
        page = await at_the_desk(context, stage)
        await page.keyboard.press("v")
        await stage.enters("x", VERIFIED)
        await expect(page.locator("[data-key=answer]")).to_be_visible()
        await expect(page.locator("kz-pop")).to_be_hidden()
        await page.keyboard.press("a")
        await expect(page.locator("kz-pop kz-badge.large")).to_be_visible()
        await expect(page.locator("#desk")).to_be_hidden()
        await page.go_back()
        await expect(page.locator("#desk")).to_be_visible()
