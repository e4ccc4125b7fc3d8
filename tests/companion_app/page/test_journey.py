"""A person with the page: by mouse, by keyboard alone, with a wrong PIN, and when others end it."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has none

from identity.pairing.levels import Badge
from identity.pairing.outcomes import Hint
from identity.pairing.views import PairingView
from tests.companion_app.page.pocket import Pocket

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser serves all of them


async def _to_the_pin(pocket: Pocket) -> PairingView:
    page = pocket.page
    call = await pocket.stage.a_call()
    await pocket.screen("code-screen")
    await page.fill("#code", call.code)
    await page.click("text=次へ")
    await pocket.screen("who-screen")
    await page.click("text=自分がかけた")
    await pocket.screen("choice-screen")
    await page.click(f".number >> text={await pocket.stage.item(call)}")
    await pocket.screen("shown-screen")
    await page.click("text=暗証番号の入力へ")
    await pocket.screen("pin-screen")
    return call


async def _type_pin(pocket: Pocket, pin: str) -> None:
    for digit in pin:
        await pocket.page.click(f".key >> text={digit}")
    await pocket.page.click("text=次へ")
    await pocket.screen("card-screen")


async def test_by_mouse_to_green_and_the_pin_meets_only_the_card(pocket: Pocket) -> None:
    page = pocket.page
    call = await _to_the_pin(pocket)
    assert await page.inner_text(".sentence") == (
        "カザス保険(03-1234-5678)に、あなたがかけた電話で、本人確認をします。"
        "契約や送金への同意ではありません。"
    )
    await _type_pin(pocket, "1234")
    await page.drag_and_drop("[data-card='valid']", ".slot")
    await pocket.screen("result-screen")
    assert await page.inner_text("h1") == "確認できました"
    seen = await pocket.stage.now(call)
    assert (seen.hint, seen.badge) == (Hint.VERIFIED, Badge.GREEN)
    _only_the_card_met_the_pin(pocket, "1234")


def _only_the_card_met_the_pin(pocket: Pocket, pin: str) -> None:
    service = urlsplit(pocket.url).netloc
    spelled = (f'"{pin}"', pin.encode().hex())
    to_service = [body for url, body in pocket.requests if urlsplit(url).netloc == service]
    to_card = [body for url, body in pocket.requests if urlsplit(url).netloc != service]
    assert any(pin.encode().hex() in body for body in to_card)
    assert not [body for body in to_service if any(form in body for form in spelled)]


async def test_by_keyboard_alone(pocket: Pocket) -> None:
    keyboard = pocket.page.keyboard
    call = await pocket.stage.a_call()
    await pocket.screen("code-screen")
    await pocket.page.focus("#code")
    await keyboard.type(call.code)
    await keyboard.press("Enter")
    await pocket.screen("who-screen")
    await keyboard.press("Tab")  # the question has the focus, the first answer comes next
    await keyboard.press("Enter")
    await pocket.screen("choice-screen")
    choices = await pocket.page.locator(".number").all_inner_texts()
    item = await pocket.stage.item(call)
    for _ in range(choices.index(item) + 1):
        await keyboard.press("Tab")
    await keyboard.press("Enter")
    await pocket.screen("shown-screen")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await pocket.screen("pin-screen")
    await keyboard.press("Tab")
    await keyboard.type("1234")
    await keyboard.press("Enter")
    await pocket.screen("card-screen")
    for _ in range(8):
        await keyboard.press("Tab")
        if await pocket.page.evaluate("document.activeElement.dataset.card") == "valid":
            break
    await keyboard.press("Enter")
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(call)).badge is Badge.GREEN


async def test_a_wrong_pin_says_how_many_tries_are_left(pocket: Pocket) -> None:
    page = pocket.page
    call = await _to_the_pin(pocket)
    await _type_pin(pocket, "9999")
    await page.click("[data-card='valid']")
    await page.wait_for_selector("text=あと2回")
    assert (await pocket.stage.now(call)).status.value == "pending"
    await _type_pin(pocket, "9999")
    await page.click("[data-card='valid']")
    await pocket.screen("result-screen")
    assert "あと1回でロックされます" in await page.inner_text("h1")
    assert (await pocket.stage.now(call)).hint is Hint.PIN_LAST_TRY


async def test_a_declining_answer_is_asked_once_more(pocket: Pocket) -> None:
    page = pocket.page
    call = await pocket.stage.a_call()
    await page.fill("#code", call.code)
    await page.click("text=次へ")
    await pocket.screen("who-screen")
    await page.click("text=電話していない")
    await pocket.screen("decline-screen")
    await page.click("text=戻る")
    await pocket.screen("who-screen")
    assert (await pocket.stage.now(call)).hint is Hint.AWAITING_CALL_CONFIRM
    await page.click("text=かかってきた")
    await pocket.screen("decline-screen")
    await page.click("text=はい、知らせて止める")
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(call)).badge is Badge.RED


async def test_a_call_that_ends_shows_at_once(pocket: Pocket) -> None:
    call = await _to_the_pin(pocket)
    await pocket.stage.hang_up(call)
    await pocket.screen("result-screen")
    assert "電話が終わった" in await pocket.page.inner_text("h1")


async def test_a_page_that_was_closed_goes_on_where_it_was(pocket: Pocket) -> None:
    call = await _to_the_pin(pocket)
    await pocket.page.reload()
    await pocket.screen("code-screen")
    await pocket.page.fill("#code", call.code)
    await pocket.page.click("text=次へ")
    await pocket.screen("shown-screen")
    await pocket.page.click("text=暗証番号の入力へ")
    await _type_pin(pocket, "1234")
    await pocket.page.click("[data-card='android']")  # its keys are on a curve
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(call)).badge is Badge.GREEN


async def test_a_poll_that_fails_is_made_again(pocket: Pocket) -> None:
    page = pocket.page
    await page.route("**/v1/pairings/*?wait=*", lambda route: route.abort())
    call = await _to_the_pin(pocket)
    await page.unroute("**/v1/pairings/*?wait=*")
    await pocket.stage.hang_up(call)
    await pocket.screen("result-screen")
    assert "電話が終わった" in await page.inner_text("h1")
    pocket.troubles.clear()  # the browser prints each aborted request


async def test_a_typing_slip_is_told_without_asking_the_service(pocket: Pocket) -> None:
    await pocket.screen("code-screen")
    before = len(pocket.requests)
    await pocket.page.fill("#code", "4721-9637")
    await pocket.page.click("text=次へ")
    await pocket.page.wait_for_selector("[role=alert]")
    assert [url for url, _ in pocket.requests[before:] if "/v1/" in url] == []


async def test_that_was_not_me(pocket: Pocket) -> None:
    page = pocket.page
    call = await _to_the_pin(pocket)
    await _type_pin(pocket, "1234")
    await page.click("[data-card='valid']")
    await pocket.screen("result-screen")
    await page.click(".result-screen >> text=これまでの確認")
    await pocket.screen("history-screen")
    await page.click("text=これは私ではありません")
    await page.click("text=はい、届け出る")
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(call)).badge is Badge.RED


async def test_an_incoming_handset_is_stopped(pocket: Pocket) -> None:
    page = pocket.page
    call = await pocket.stage.a_call()
    await page.click(".toggle")
    await page.click("summary")
    await page.select_option("#call-state", "incoming")
    await page.fill("#code", call.code)
    await page.click(".primary")
    await pocket.screen("who-screen")
    await page.click("text=自分がかけた")
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(call)).hint is Hint.RISK_BLOCKED


async def test_the_device_key_stays_in_the_browser(pocket: Pocket) -> None:
    """The same installation after a reload, and the private key cannot be taken out."""
    script = """async () => {
      const { DeviceKey } = await import('./app/device_key.js');
      const key = await DeviceKey.kept();
      const out = await crypto.subtle.exportKey('jwk', key.pair.privateKey).catch((e) => e.name);
      return [key.installation, out];
    }"""
    first = await pocket.page.evaluate(script)
    await pocket.page.reload()
    assert await pocket.page.evaluate(script) == first
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first[0])
    assert first[1] == "InvalidAccessError"


async def test_keys_asked_for_at_once_are_one_key(pocket: Pocket) -> None:
    """Two tabs opened side by side are one installation."""
    script = """async () => {
      const { DeviceKey } = await import('./app/device_key.js');
      indexedDB.deleteDatabase('kazasu-phone');
      const keys = await Promise.all([1, 2, 3, 4].map(() => DeviceKey.kept()));
      keys.push(await DeviceKey.kept());
      return [...new Set(keys.map((key) => key.installation))].length;
    }"""
    assert await pocket.page.evaluate(script) == 1


async def test_no_screen_fails_an_accessibility_check(pocket: Pocket) -> None:
    page = pocket.page
    found: list[str] = []

    async def look(name: str) -> None:
        result = await Axe().run(page)
        found.extend(f"{name}: {v['id']}" for v in result.response["violations"])

    await pocket.screen("code-screen")
    await look("code")
    await page.click("#language")
    await look("english")
    await page.click("#language")
    await _to_the_pin(pocket)
    await look("pin")
    await _type_pin(pocket, "1234")
    await look("card")
    await page.click("[data-card='valid']")
    await pocket.screen("result-screen")
    await look("result")
    await page.click(".result-screen >> text=これまでの確認")
    await pocket.screen("history-screen")
    await look("history")
    assert found == []
