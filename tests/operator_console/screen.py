"""The console in a real Chromium, served over loopback by uvicorn in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.operator_console.stage import PASSWORD, Stage

CHROMIUM: Final = Path("/usr/bin/chromium")
PATIENCE: Final = 60_000  # milliseconds
ARGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def served(**stage: str) -> AsyncIterator[Stage]:
    """A stage at its own public address."""
    listening = socket.create_server(("127.0.0.1", 0))
    shown = Stage(origin=f"http://127.0.0.1:{listening.getsockname()[1]}", **stage)
    config = uvicorn.Config(shown.app, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield shown
    finally:
        await shown.feed.close()
        server.should_exit = True
        await running
        listening.close()


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        raise FileNotFoundError(f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGS))
        expect.set_options(timeout=PATIENCE)
        yield browser
        await browser.close()


@asynccontextmanager
async def workspace_in(browser: Browser) -> AsyncIterator[BrowserContext]:
    """An operator's browser: its own cookies and storage."""
    context = await browser.new_context(
        viewport={"width": 1366, "height": 860}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


async def opened(context: BrowserContext, stage: Stage, login: str = "hanako") -> Page:
    """A page signed in by keyboard, connected to the news."""
    page = await context.new_page()
    await page.goto(f"{stage.origin}/operator/")
    await page.locator("#login:focus").wait_for()
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await connected(page)
    return page


async def connected(page: Page) -> None:
    await page.locator("#connection", has_text="接続中").wait_for()
    await page.locator("[data-presence]").wait_for()
