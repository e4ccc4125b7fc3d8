"""The demo page in a real browser: the whole call as its guide tells it, and who may have it."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has none
from playwright.async_api import Browser, FrameLocator, Page, async_playwright, expect

from kazasu.demo.terminal.telephone import Telephone
from stand_ins.jpki.pki import load_pki, load_register, refresh_crls, revoke, save_register
from tests.journeys.demo.running import ROOT, Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser serves all of them

CHROMIUM: Final = Path("/usr/bin/chromium")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS: Final = ROOT / "tests" / ".artifacts"
PATIENCE: Final = 60_000  # milliseconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    assert CHROMIUM.exists(), "the journey needs Chromium: apt-get install chromium"
    async with async_playwright() as play:
        made = await play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield made
        await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """The demo's, in a browser that knows nothing of the tests before."""
    context = await browser.new_context(viewport={"width": 1500, "height": 1150})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield page
    await context.close()


@asynccontextmanager
async def _slowly(demo: Demo) -> AsyncIterator[None]:
    """A browser presses keys no faster than people do; the menu waits for them."""
    token = demo.place.carrier_token.read_text()
    async with httpx2.AsyncClient(trust_env=False) as http:
        telephone = Telephone(http=http, base=demo.addresses["carrier"], token=token)
        async with telephone.at_speed(8):
            yield


async def _operator_comes(page: Page, console: FrameLocator) -> None:
    await expect(page.locator("[data-step]")).to_have_attribute("data-step", "login")
    await console.locator("#password").wait_for()
    await page.click("#fill-in")
    await console.locator("button[type=submit]").click()
    await console.locator("[data-key=presence-available]").click()


async def _use_app(page: Page, phone: FrameLocator) -> None:
    await expect(page.locator("[data-step=code]")).to_be_visible()
    code = page.locator("#heard strong", has_text=re.compile(r"^\d{4} \d{4}$"))
    await phone.locator("#code").fill((await code.inner_text()).replace(" ", ""))
    await phone.locator("text=次へ").click()
    await phone.locator("text=自分がかけた").click()
    item = page.locator("#heard strong", has_text=re.compile(r"^\d\d$"))
    await phone.locator(f".number >> text={await item.inner_text()}").click()
    await phone.locator("text=暗証番号の入力へ").click()
    for digit in "1234":
        await phone.locator(f".key >> text={digit}").click()
    await phone.locator("text=次へ").click()
    await expect(page.locator("[data-step=card]")).to_be_visible()
    await phone.locator("[data-card='valid']").click()


@contextmanager
def _revoked(demo: Demo, card: str) -> Iterator[None]:
    """As `kazasu card revoke` does; good again afterwards, for the tests that follow."""
    pki = load_pki(demo.place.pki)
    before = load_register(pki.folder)["revoked"]
    revoke(pki, card, "auth", "keyCompromise", datetime.now(UTC))
    try:
        yield
    finally:
        save_register(pki.folder, load_register(pki.folder) | {"revoked": before})
        refresh_crls(pki, datetime.now(UTC))


async def test_the_guided_call_from_dialling_to_green_and_to_grey_when_the_card_is_revoked(
    demo: Demo, page: Page
) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    async with _slowly(demo):
        await page.goto(f"{demo.base}/demo")
        console, phone = page.frame_locator("#console-frame"), page.frame_locator("#phone-frame")
        await _operator_comes(page, console)
        await expect(page.locator("[data-step=dial]")).to_be_visible()
        await page.click("#dial")
        await expect(page.locator("#captions")).to_contain_text("担当者はゼロです")
        await expect(page.locator("#hang-up")).to_be_focused()
        await page.keyboard.press("1")  # the telephone's keys are the keyboard's as well
        await _use_app(page, phone)
        await console.locator("[data-key=answer]").click()
        await expect(console.locator("[data-badge=green]").first).to_be_visible()
        await expect(page.locator("[data-step=done]")).to_be_visible()
        await expect(page.locator("#captions")).to_contain_text("確認できました")
        await _timeline_tells(page)
        await page.screenshot(path=_shot("page"), full_page=True)
        with _revoked(demo, "valid"):
            await expect(console.locator("kz-pop article[data-badge=grey]")).to_be_visible()
            await expect(console.locator("[data-recheck=revoked]")).to_contain_text("失効しました")
        await _over(page, console)
        joined = page.locator(".row", has_text="POST /carriers/twilio/operator").first
        await expect(joined).to_contain_text("?token=… ")
        await joined.click()
        await expect(page.locator(".details")).not_to_contain_text("curl")
    assert {urlsplit(url).hostname for url in requested} == {"127.0.0.1"}


async def _tap(phone: FrameLocator, card: str = "valid") -> None:
    await phone.locator("text=暗証番号の入力へ").click()
    for digit in "1234":
        await phone.locator(f".key >> text={digit}").click()
    await phone.locator("text=次へ").click()
    await phone.locator(f"[data-card='{card}']").click()


async def test_a_call_from_the_app_arrives_verified_and_bound_to_the_device(
    demo: Demo, page: Page
) -> None:
    async with _slowly(demo):
        await page.goto(f"{demo.base}/demo")
        console, phone = page.frame_locator("#console-frame"), page.frame_locator("#phone-frame")
        await _operator_comes(page, console)
        await phone.locator("text=アプリから電話をかける").click()
        await phone.locator("text=カードで確認して電話する").click()
        await _tap(phone)
        await expect(page.locator("[data-step=place]")).to_be_visible()
        await page.screenshot(path=_shot("app-dial-place"))
        await phone.locator("text=03-1234-5678 に電話をかける").click()
        await console.locator("[data-key=answer]").click()
        await expect(console.locator("[data-badge=green]").first).to_be_visible()
        await expect(page.locator("#captions")).not_to_contain_text("照会はイチ")
        await expect(phone.locator("h1")).to_have_text("確認できました")
        await expect(page.locator("[data-step=done]")).to_contain_text("緑")
        await page.screenshot(path=_shot("app-dial-done"), full_page=True)
        await _over(page, console)


async def test_a_refused_card_ends_in_the_app_and_a_plain_call_is_grey(
    demo: Demo, page: Page
) -> None:
    async with _slowly(demo):
        await page.goto(f"{demo.base}/demo")
        console, phone = page.frame_locator("#console-frame"), page.frame_locator("#phone-frame")
        await _operator_comes(page, console)
        await phone.locator("text=アプリから電話をかける").click()
        await phone.locator("text=カードで確認して電話する").click()
        await _tap(phone, "revoked")
        await expect(phone.locator(".result-screen")).to_contain_text("失効しています")
        await phone.locator("text=この会社に電話する").click()
        await expect(page.locator("#captions")).to_contain_text("担当者はゼロです")
        await page.locator("[data-key='0']").click()
        await console.locator("[data-key=answer]").click()
        await expect(page.locator("[data-step=done]")).to_contain_text("灰色")
        await _over(page, console)


async def test_a_text_message_comes_to_the_smartphone_and_its_link_opens_the_app(
    demo: Demo, page: Page
) -> None:
    async with _slowly(demo):
        await page.goto(f"{demo.base}/demo")
        console, phone = page.frame_locator("#console-frame"), page.frame_locator("#phone-frame")
        await _operator_comes(page, console)
        await page.click("#dial")
        await expect(page.locator("#captions")).to_contain_text("担当者はゼロです")
        await page.keyboard.press("1")
        await expect(page.locator("[data-step=code]")).to_be_visible()
        await page.keyboard.press("2")
        await expect(phone.locator(".bubble")).to_contain_text("カザス保険")
        await page.screenshot(path=_shot("message"))
        await phone.locator("text=リンクを開く").click()
        await phone.locator("text=自分がかけた").click()
        item = page.locator("#heard strong", has_text=re.compile(r"^\d\d$"))
        await phone.locator(f".number >> text={await item.inner_text()}").click()
        await _tap(phone)
        await console.locator("[data-key=answer]").click()
        await expect(console.locator("[data-badge=green]").first).to_be_visible()
        await _over(page, console)


async def test_the_guide_notices_who_signed_out(demo: Demo, page: Page) -> None:
    await page.goto(f"{demo.base}/demo")
    console = page.frame_locator("#console-frame")
    await _operator_comes(page, console)
    await expect(page.locator("[data-step=dial]")).to_be_visible()
    await console.locator("[data-key=presence-offline]").click()
    await console.locator("#sign-out").click()
    await expect(page.locator("[data-step=login]")).to_be_visible()


async def _over(page: Page, console: FrameLocator) -> None:
    """Presence is not for choosing during a call: first it has begun, then it is over."""
    await expect(console.locator("[data-call=talking]")).to_be_visible()
    await page.click("#hang-up")
    await expect(page.locator("#dial")).to_be_enabled()
    await expect(console.locator("[data-presence=wrap_up]")).to_be_visible()
    await console.locator("[data-key=presence-offline]").click()
    await expect(console.locator("[data-presence=offline]")).to_be_visible()


def _shot(name: str) -> Path:
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS / f"demo-{name}.png"


async def _timeline_tells(page: Page) -> None:
    """Every sort of line, and the whole of one."""
    for sort in ("carrier", "api", "state", "flow"):
        await expect(page.locator(f".rows [data-sort={sort}]").first).to_be_attached()
    await expect(page.locator(".rows")).to_contain_text(re.compile(r"main-inbound\.yaml:\d+"))
    await page.locator(".row", has_text="POST /carriers/twilio/voice").first.click()
    await expect(page.locator(".details")).to_contain_text("X-Twilio-Signature")
    await expect(page.locator(".details")).to_contain_text("<Gather")


async def test_no_serious_finding_of_accessibility_and_english_on_request(
    demo: Demo, page: Page
) -> None:
    await page.goto(f"{demo.base}/demo")
    await page.locator("#timeline .tools").wait_for()
    found = await Axe().run(page)
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    await page.click("#language")
    await expect(page.locator("#dial")).to_have_text("Call")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.click("#skip-guide")
    await expect(page.locator("#guide")).to_be_hidden()


@pytest.mark.parametrize("path", ["/demo", "/demo/config.json", "/demo/phone/config.json"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "http://other.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"},
    ],
    ids=["another host name", "another origin", "another site"],
)
async def test_tokens_are_for_the_demos_own_page(
    demo: Demo, path: str, headers: dict[str, str]
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert (await http.get(demo.base + path)).status_code == httpx2.codes.OK
        refused = await http.get(demo.base + path, headers=headers)
    assert refused.status_code == httpx2.codes.FORBIDDEN
    assert "token" not in refused.text


async def test_every_answer_of_the_pages_names_what_they_may_load(demo: Demo) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        page = await http.get(f"{demo.base}/demo")
        phone = await http.get(f"{demo.base}/demo/phone/")
    carrier, cards = demo.addresses["carrier"], demo.addresses["cards"]
    assert f"connect-src 'self' {carrier}" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert f"connect-src 'self' {cards}" in phone.headers["Content-Security-Policy"]
    assert f"frame-ancestors {demo.base}" in phone.headers["Content-Security-Policy"]
    for answer in (page, phone):
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
