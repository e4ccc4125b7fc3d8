"""One call on the operator's screen, by keyboard only, in a real browser."""

import re
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.async_api import BrowserContext, Page, expect

from ivr.live_calls.screen_pop import PopContract
from tests.operator_console.screen import connected, opened, served
from tests.operator_console.stage import NOTHING, NUMBER, SIGNED, VERDICT, VERIFIED

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHECKING = NOTHING | {
    "badge": "checking",
    "status": "pending",
    "hint": "verifying",
    "mode": "spoken_code",
}
AMBER = VERIFIED | {
    "badge": "amber",
    "hint": "verified_no_contract",
    "contracts": (),
    "verdict": replace(VERDICT, line_known=False),
}
REVOKED = NOTHING | {
    "status": "failed",
    "hint": "certificate_revoked",
    "mode": "spoken_code",
    "verdict": replace(
        VERDICT,
        revocation="revoked",
        revocation_reason="certificateHold",
        line_known=False,
        refusal="revoked",
    ),
}
RED = VERIFIED | {"badge": "red", "hint": "repudiated", "contracts": (), "line_warning": True}
BADGES = {"green": VERIFIED, "amber": AMBER, "checking": CHECKING, "grey": REVOKED, "red": RED}
WORDS = {
    "green": "本人確認済",
    "amber": "カードのみ確認",
    "checking": "確認中",
    "grey": "未確認",
    "red": "警告",
}


async def shows(page: Page, badge: str) -> None:
    await expect(page.locator(f"kz-pop article[data-badge={badge}]")).to_be_visible()
    await expect(page.locator("kz-pop kz-badge.large")).to_have_text(WORDS[badge])


async def test_a_call_from_offer_to_wrap_up_by_keyboard(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await page.keyboard.press("v")
        await expect(page.locator("[data-presence=available]")).to_be_visible()

        await stage.enters("x", CHECKING, attributes={"answers.topic": "change"})
        await shows(page, "checking")
        await expect(page).to_have_title(re.compile("^● 着信"))
        await expect(page.locator("#assertive")).to_have_text("着信です。確認中。")
        await expect(page.locator(".countdown")).to_have_text(re.compile(r"^残り\d+秒$"))

        await page.keyboard.press("a")
        await expect(page.locator("[data-call=ringing]")).to_be_visible()
        assert [token for _, token in stage.room.phones.rung] == ["x"]
        await stage.room.answering.joined("main", "x", "leg-1")
        await expect(page.locator("[data-call=talking]")).to_be_visible()

        await stage.becomes("x", VERIFIED)
        await shows(page, "green")
        await expect(page.locator("#polite")).to_have_text(re.compile("^本人確認済. カードと契約"))
        await expect(page.locator(".person")).to_have_text(re.compile("見本 花子.*C-1001"))
        await expect(page.locator("[data-fact=method] dd")).to_have_text("カード + 暗証番号(4桁)")
        await expect(page.locator("[data-fact=identity] code")).to_have_text("id_card_auth")
        await expect(page.locator("[data-fact=binding] code")).to_have_text("bind_choice")
        await expect(page.locator("[data-fact=age] dd")).to_have_text(re.compile(r"^0:4\d|0:5\d$"))
        await expect(page.locator(".not-checked li")).to_have_count(3)

        await stage.becomes("x", RED)
        await shows(page, "red")
        await expect(page.locator("#assertive")).to_have_text(re.compile("^警告. .*自分ではない"))
        await expect(page.locator(".changes li")).to_have_count(3)
        await expect(page.locator("kz-pop")).not_to_contain_text("花子")

        await stage.room.entering.leave("main", "call-x")
        await expect(page.locator("kz-pop")).to_have_text(re.compile("通話が終了しました"))
        await expect(page.locator("kz-pop kz-badge")).to_have_count(0)
        await page.keyboard.press("w")
        await expect(page.locator("[data-presence=available]")).to_be_visible()
        await page.keyboard.press("b")
        await expect(page.locator("[data-presence=break]")).to_be_visible()


async def test_five_badges_differ_in_word_icon_and_colour_and_pass_axe(
    context: BrowserContext,
) -> None:
    async with served() as stage:
        await stage.available("hanako-id")
        await stage.enters("x", NOTHING, attributes={"answers.topic": "view"})
        page = await opened(context, stage)
        seen: dict[str, tuple[str, str, str]] = {}
        for badge, result in BADGES.items():
            await stage.becomes("x", result)
            await shows(page, badge)
            large = page.locator("kz-badge.large")
            icon = await large.locator("svg").inner_html()
            ground = await page.locator(".result").evaluate("e => getComputedStyle(e).background")
            seen[badge] = (await large.inner_text(), icon, ground)
            await no_serious_findings(page)
        for part in range(3):
            assert len({one[part] for one in seen.values()}) == len(BADGES)


async def test_login_page_and_shortcut_sheet_pass_axe(context: BrowserContext) -> None:
    async with served() as stage:
        page = await context.new_page()
        await page.goto(f"{stage.origin}/operator/login")
        await expect(page.locator("h1")).to_have_text("オペレーターログイン")
        await no_serious_findings(page)
        page = await opened(context, stage)
        await page.keyboard.press("?")
        await expect(page.locator("dialog")).to_be_visible()
        await no_serious_findings(page)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)


async def no_serious_findings(page: Page) -> None:
    found = await Axe().run(page)
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\"'><svg/onload=alert(3)>"


async def test_what_comes_from_outside_stays_text(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        alarms: list[str] = []
        page.on("dialog", lambda dialog: alarms.append(dialog.message))
        page.on("console", lambda said: alarms.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: alarms.append(str(error)))
        hostile: dict[str, Any] = VERIFIED | {
            "contracts": (
                PopContract(ref=PAYLOAD, holder=PAYLOAD),
                PopContract(ref="__proto__", holder="constructor"),
            ),
            "hint": "constructor",
            "mode": "__proto__",
            "method": "toString",
            "line": PAYLOAD,
            "line_kind": PAYLOAD,
            "dialled": PAYLOAD,
            "not_checked": (PAYLOAD,),
            "verdict": replace(VERDICT, policy=PAYLOAD, refusal=PAYLOAD, evidence_id=PAYLOAD),
        }
        await stage.available("hanako-id")
        await stage.enters(
            "x", hostile, attributes={PAYLOAD: PAYLOAD, "answers.__proto__": "constructor"}
        )
        await shows(page, "green")
        await expect(page.locator("fieldset strong").first).to_have_text(PAYLOAD)
        await expect(page.locator("kz-pop img, kz-pop script")).to_have_count(0)
        assert await page.locator("kz-pop svg").count() == 1
        assert alarms == []


async def test_focus_and_typing_are_never_taken(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", CHECKING)
        await shows(page, "checking")
        assert await page.evaluate("document.activeElement.tagName") == "BODY"
        await page.locator("[data-key=reveal]").focus()
        await stage.becomes("x", VERIFIED)
        await shows(page, "green")
        assert await page.evaluate("document.activeElement.dataset.key") == "reveal"
        await page.keyboard.press("Enter")
        await expect(page.locator("#number")).to_have_text(NUMBER)
        assert ("reveal", "hanako-id", "x") in stage.rows.written
        await page.evaluate("document.body.append(document.createElement('textarea'))")
        await page.locator("textarea").focus()
        await page.keyboard.type("abv?")
        assert await page.locator("textarea").input_value() == "abv?"
        assert stage.room.phones.rung == []
        await page.locator("kz-offer .offer").focus()
        await page.keyboard.press("Control+a")
        assert stage.room.phones.rung == []
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-call=ringing]")).to_be_visible()


async def test_two_tabs_show_and_do_the_same(context: BrowserContext) -> None:
    async with served() as stage:
        first = await opened(context, stage)
        second = await context.new_page()
        await second.goto(f"{stage.origin}/operator/")
        await connected(second)
        await first.keyboard.press("v")
        await expect(second.locator("[data-presence=available]")).to_be_visible()
        await stage.enters("x", VERIFIED)
        await shows(first, "green")
        await shows(second, "green")
        await first.keyboard.press("a")
        await expect(second.locator("[data-call=ringing]")).to_be_visible()
        assert len(stage.room.phones.rung) == 1
        await second.locator("#sign-out").click()
        await expect(second).to_have_url(re.compile("/operator/login$"))
        await stage.becomes("x", RED)
        await expect(first).to_have_url(re.compile("/operator/login$"))


@pytest.mark.parametrize("status", [500, 404])
async def test_a_result_that_cannot_be_read_is_not_left_standing(
    context: BrowserContext, status: int
) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await shows(page, "green")
        if status == 500:
            stage.rows.broken = True
            await stage.becomes("x", VERIFIED)
            await expect(page.locator("kz-pop")).to_have_text(re.compile("未確認として扱って"))
        else:
            stage.clock.pass_by(21)
            await stage.room.offering.tick("main")
            await expect(page.locator("kz-pop")).to_have_text(re.compile("表示できなくなりました"))
            await expect(page.locator(".notice")).to_have_text(re.compile("自動で受付を止めました"))
        await expect(page.locator("kz-badge.large")).to_have_count(0)


async def test_the_language_changes_without_losing_the_call(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await shows(page, "green")
        await page.locator("#language").click()
        await expect(page.locator("kz-badge.large")).to_have_text("Verified")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.reload()
        await expect(page.locator("kz-badge.large")).to_have_text("Verified")


async def test_a_session_about_to_end_says_so_and_a_key_keeps_it(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        stage.clock.pass_by(14 * 60 + 5)
        await stage.room.news.tell("main", operator=None, what="pop", token="x")
        await expect(page.locator("#banner")).to_have_text(re.compile("まもなく自動でログアウト"))
        await page.keyboard.press("Shift")
        await expect(page.locator("#banner")).to_be_hidden()
        stage.clock.pass_by(14 * 60 + 5)
        await stage.room.news.tell("main", operator=None, what="pop", token="x")
        await expect(page.locator("#banner")).to_be_visible()
        stage.clock.pass_by(60)
        await stage.room.news.tell("main", operator=None, what="pop", token="x")
        await expect(page).to_have_url(re.compile("/operator/login$"))


async def test_a_lost_connection_is_said_and_the_state_is_loaded_anew(
    context: BrowserContext,
) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await context.route("**/operator/events", lambda route: route.abort())
        await page.reload()
        await expect(page.locator("#connection")).to_be_empty()
        await context.unroute("**/operator/events")
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await shows(page, "green")
        await expect(page.locator("#connection")).to_have_text("接続中")


async def test_the_next_caller_starts_from_nothing(context: BrowserContext) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", VERIFIED)
        await stage.enters("y", REVOKED)
        await shows(page, "green")
        await page.locator("[data-key=reveal]").click()
        await expect(page.locator("#number")).to_have_text(NUMBER)
        await page.locator("[data-key=decline]").click()
        await shows(page, "grey")
        await expect(page.locator("#number")).to_have_text("•••••••••5678")
        await expect(page.locator(".changes")).to_have_count(0)


async def test_what_the_card_says_is_asked_for_and_goes_with_its_result(
    context: BrowserContext,
) -> None:
    async with served() as stage:
        page = await opened(context, stage)
        await stage.available("hanako-id")
        await stage.enters("x", SIGNED)
        stage.rows.signed.add("x")
        await shows(page, "green")
        card = page.locator("#card-attributes")
        await expect(card).not_to_contain_text("東京都見本区1-2")
        await page.locator("[data-key=card-attributes]").click()
        await expect(card).to_contain_text("東京都見本区1-2")
        await expect(card).to_contain_text("代わりの文字を含むことがあります")
        assert ("card", "hanako-id", "x") in stage.rows.written
        await stage.becomes("x", RED)
        await shows(page, "red")
        await expect(page.locator("kz-pop")).not_to_contain_text("東京都見本区1-2")
        await stage.becomes("x", SIGNED | {"verdict": replace(VERDICT, evidence_id="ev_other")})
        await shows(page, "green")
        await expect(card).not_to_contain_text("東京都見本区1-2")
