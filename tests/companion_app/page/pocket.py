"""The phone page in a real browser, against the real door and the real card server."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from quart import Quart, Response, send_from_directory

from companion_app.phone_page.location import static_folder
from stand_ins.card.__main__ import read_folder
from stand_ins.card.gate import Gate
from stand_ins.card.rack import Rack
from stand_ins.card.server import create_app
from tests.companion_app_api.served import bound, origin_of, served
from tests.companion_app_api.stage import POLICY, Stage, a_stage, issued

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
UNHURRIED = replace(POLICY, connected_within=timedelta(seconds=60))
"""On a busy computer a browser's word of its call takes longer than a handset's."""
PATIENCE = 60_000  # milliseconds
PHONE = {"width": 412, "height": 915}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pocket:
    """`troubles` collects what the browser complained of: errors, blocked loads, CSP."""

    page: Page
    stage: Stage
    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    async def screen(self, name: str) -> None:
        await self.page.wait_for_selector(f"[data-screen~='{name}']", timeout=PATIENCE)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    _need_chromium()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def a_pocket(browser: Browser, folder: Path) -> AsyncIterator[Pocket]:
    async with AsyncExitStack() as stack:
        door, cards = bound(), bound()
        origin, card_base = origin_of(door), origin_of(cards)
        stage = await stack.enter_async_context(a_stage(folder, origin=origin, policy=UNHURRIED))
        token = secrets.token_urlsafe(16)
        config = {"api_base": "", "card_base": card_base, "card_token": token}
        _serve_page(stage.app, config, card_base)
        await stack.enter_async_context(served(stage.app, door))
        gate = Gate(
            origin=origin, token=token, hosts=frozenset({card_base.removeprefix("http://")})
        )
        await stack.enter_async_context(served(create_app(_rack(), gate), cards))
        context = await browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        stack.push_async_callback(context.close)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        pocket = Pocket(page=page, stage=stage, url=f"{origin}/demo/phone/")
        _listen(pocket)
        await page.goto(pocket.url)
        yield pocket


def _need_chromium() -> None:
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing: apt-get install -y chromium fonts-noto-cjk")


def _listen(pocket: Pocket) -> None:
    """A refusal of the service (4xx) is an answer, though the browser prints it as an error."""
    page = pocket.page

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error" and "responded with a status of 4" not in said.text:
            pocket.troubles.append(said.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: pocket.troubles.append(str(error)))
    page.on("request", lambda sent: pocket.requests.append((sent.url, sent.post_data or "")))


def _rack() -> Rack:
    folder = issued().folder / "cards"

    def bad(error: Exception) -> None:
        raise error

    return Rack(
        lambda: read_folder(folder, bad),
        new_token=lambda: secrets.token_urlsafe(16),
        now=time.monotonic,
        wait=asyncio.sleep,
        idle_seconds=30,
    )


def _serve_page(app: Quart, config: dict[str, str], card_base: str) -> None:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {card_base}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )

    @app.get("/demo/phone/config.json")
    async def say_config() -> dict[str, str]:
        return config

    @app.get("/demo/phone/")
    @app.get("/demo/phone/<path:name>")
    async def page(name: str = "index.html") -> Response:
        answer = await send_from_directory(static_folder(), name)
        answer.headers["Content-Security-Policy"] = policy
        return answer
