"""The page begins the call itself: by mouse, by keyboard alone, in a frame and without one."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has none

from identity.pairing.levels import Badge, BindingLevel
from identity.pairing.model import Mode
from identity.pairing.outcomes import Hint
from identity.pairing.views import PairingView
from tests.companion_app.page.pocket import Pocket

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser serves all of them

# A page around the frame, as the demo's: it plays the handset and remembers what it was told.
FRAME = """<!doctype html><title>around</title><iframe src="/demo/phone/" width="420" height="900"
title="phone"></iframe>"""


async def _begin(pocket: Pocket) -> None:
    page = pocket.page
    await pocket.screen("code-screen")
    await page.click("text=アプリから電話をかける")
    await pocket.screen("businesses-screen")
    assert await page.inner_text("#order option") == "カザス保険 ご契約内容の確認"
    await page.click("text=カードで確認して電話する")


async def _tap(pocket: Pocket, card: str = "valid") -> None:
    page = pocket.page
    await pocket.screen("shown-screen")
    await page.click("text=暗証番号の入力へ")
    await pocket.screen("pin-screen")
    for digit in "1234":
        await page.click(f".key >> text={digit}")
    await page.click("text=次へ")
    await pocket.screen("card-screen")
    await page.click(f"[data-card='{card}']")


async def _ticket(pocket: Pocket) -> str:
    """What the page would hand to the telephone; a browser of its own opens a tel: address."""
    await pocket.screen("place-screen")
    script = "import('./app/handset.js').then((m) => { m.Handset.prototype.place = \
        function (dial) { window.placed = dial; return new Promise((r) => { this.heard = r }); } })"
    await pocket.page.evaluate(script)
    await pocket.page.click("text=03-1234-5678 に電話をかける")
    placed: dict[str, str] = await pocket.page.evaluate("window.placed")
    assert placed["number"] == "+81312345678"
    return placed["postDial"].lstrip(",")


async def _arrives(pocket: Pocket, digits: str, mode: Mode = Mode.APP_DIAL) -> PairingView:
    met = await pocket.stage.arrives(digits, mode=mode)
    assert isinstance(met, PairingView), met
    return met


async def test_a_page_that_knows_no_calls_is_asked_for_the_spoken_number(pocket: Pocket) -> None:
    await _begin(pocket)
    await _tap(pocket)
    met = await _arrives(pocket, await _ticket(pocket))
    assert met.hint is Hint.MATCHING_CONTRACT
    await pocket.stage.no_report(met)
    await pocket.screen("choice-screen")
    await pocket.page.click(f".number >> text={await pocket.stage.item(met)}")
    await pocket.screen("result-screen")
    seen = await pocket.stage.now(met)
    assert (seen.binding, seen.badge) == (BindingLevel.BIND_CHOICE, Badge.GREEN)


async def test_a_refused_card_says_what_to_do_and_places_no_call(pocket: Pocket) -> None:
    await _begin(pocket)
    await _tap(pocket, "unknown-ca")
    await pocket.screen("result-screen")
    words = await pocket.page.inner_text(".result-screen")
    assert "お電話いただければ" in words
    assert "そのままお待ち" not in words
    assert await pocket.page.locator("text=この会社に電話する").count() == 1


async def test_by_keyboard_alone_to_the_ticket(pocket: Pocket) -> None:
    page, keyboard = pocket.page, pocket.page.keyboard
    await pocket.screen("code-screen")
    await page.focus(".call-from-app")
    await keyboard.press("Enter")
    await pocket.screen("businesses-screen")
    for _ in range(2):  # the list, then the button behind it
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
        if await page.evaluate("document.activeElement.dataset.card") == "valid":
            break
    await keyboard.press("Enter")
    await pocket.screen("place-screen")


async def test_a_code_to_key_goes_on_when_it_was_keyed(pocket: Pocket) -> None:
    page = pocket.page
    await pocket.screen("code-screen")
    await page.click("text=アプリから電話をかける")
    await pocket.screen("businesses-screen")
    await page.click("text=電話のボタンで番号を押して確認する")
    await pocket.screen("keyed-screen")
    code = (await page.inner_text("#keyed-code")).replace(" ", "")
    met = await _arrives(pocket, code, Mode.KEYED_CODE)
    await pocket.screen("who-screen")
    await page.click("text=自分がかけた")
    await _tap(pocket)
    await pocket.screen("result-screen")
    assert (await pocket.stage.now(met)).binding is BindingLevel.BIND_CODE


async def test_a_link_in_the_address_opens_the_call_and_leaves_the_address(pocket: Pocket) -> None:
    call = await pocket.stage.a_call(mode=Mode.SMS_LINK)
    await pocket.page.goto("about:blank")
    await pocket.page.goto(f"{pocket.url}#{call.link}")
    await pocket.screen("who-screen")
    assert call.link not in pocket.page.url
    assert not [url for url, _ in pocket.requests if call.link in url and "#" not in url]


async def test_in_a_frame_the_page_around_places_the_call_and_knows_of_it(pocket: Pocket) -> None:
    page = pocket.page
    await page.route("**/around", lambda route: route.fulfill(body=FRAME, content_type="text/html"))
    await page.goto(pocket.url.replace("/demo/phone/", "/around"))
    await page.evaluate(
        """() => { window.told = [];
        addEventListener('message', (event) => window.told.push(event.data)) }"""
    )
    phone = page.frame_locator("iframe")
    await phone.locator("text=アプリから電話をかける").click()
    await phone.locator("text=カードで確認して電話する").click()
    await phone.locator("text=暗証番号の入力へ").click()
    for digit in "1234":
        await phone.locator(f".key >> text={digit}").click()
    await phone.locator("text=次へ").click()
    await phone.locator("[data-card='valid']").click()
    await phone.locator("text=03-1234-5678 に電話をかける").click()
    told: dict[str, str] = await page.evaluate(
        """async () => { for (;;) {
          const found = window.told.find((one) => one.handset === 'place');
          if (found) return found;
          await new Promise((later) => setTimeout(later, 20));
        } }"""
    )
    met = await _arrives(pocket, told["postDial"].lstrip(","))
    await page.evaluate(
        """() => document.querySelector('iframe').contentWindow.postMessage(
          { handset: 'call', state: 'connected' }, location.origin)"""
    )
    await phone.locator("[data-screen~=result-screen]").wait_for()
    seen = await pocket.stage.now(met)
    assert (seen.binding, seen.badge) == (BindingLevel.BIND_DEVICE, Badge.GREEN)


async def test_a_message_shows_and_its_link_is_opened_by_the_app(pocket: Pocket) -> None:
    page = pocket.page
    await page.route("**/around", lambda route: route.fulfill(body=FRAME, content_type="text/html"))
    await page.goto(pocket.url.replace("/demo/phone/", "/around"))
    phone = page.frame_locator("iframe")
    await phone.locator("#code").wait_for()
    call = await pocket.stage.a_call(mode=Mode.SMS_LINK)
    origin = pocket.url.removesuffix("/demo/phone/")
    body = f"カザス保険 本人確認 {origin}/l#{call.link} 5分以内に"
    await page.evaluate(
        """(body) => document.querySelector('iframe').contentWindow.postMessage(
          { handset: 'message', from: 'KAZASU', body }, location.origin)""",
        body,
    )
    await phone.locator(".bubble").wait_for()
    assert call.link not in await phone.locator(".bubble").inner_text()
    await phone.locator("text=リンクを開く").press("Enter")
    await phone.locator("[data-screen~=who-screen]").wait_for()
    assert await phone.locator(".bubble").count() == 0


async def test_no_screen_of_these_fails_an_accessibility_check(pocket: Pocket) -> None:
    page = pocket.page
    found: list[str] = []

    async def look(name: str) -> None:
        result = await Axe().run(page)
        found.extend(f"{name}: {v['id']}" for v in result.response["violations"])

    await pocket.screen("code-screen")
    await page.evaluate(
        """async () => {
          const { messageBubble } = await import('./screens/message.js');
          const { textsIn } = await import('./app/texts.js');
          document.querySelector('#message').append(messageBubble(textsIn('ja'), {
            from: 'KAZASU', body: `本人確認 https://a.test/l#${'A'.repeat(43)}`,
            origin: 'https://a.test', onOpen: () => {}, onClose: () => {} }));
        }"""
    )
    await look("message")
    await page.click("text=アプリから電話をかける")
    await pocket.screen("businesses-screen")
    await look("businesses")
    await page.click("text=電話のボタンで番号を押して確認する")
    await pocket.screen("keyed-screen")
    await look("keyed")
    await page.click("text=やめる")
    await pocket.screen("result-screen")
    await page.click(".result-screen >> text=終わる")
    await _begin(pocket)
    await _tap(pocket)
    await pocket.screen("place-screen")
    await look("place")
    assert found == []
