"""T5: a link may be read, previewed and passed on; it is claimed once, by a device's signature."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from quart import Quart

from companion_app_api.link_page import door
from companion_app_api.link_page.settings import LinkSettings
from identity.pairing.model import CallState, InstallationId, Mode
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, ClaimView, DeskClaim, PairingView
from tests.identity.pairing.world import World

BASE = "https://id.example.jp"
BOTS = ("facebookexternalhit/1.1", "Twitterbot/1.0", "Googlebot", "curl/8", "WhatsApp/2", "")


async def _linked(call: str = "call-1") -> tuple[World, PairingView]:
    world = World()
    view = await world.opened(call, mode=Mode.SMS_LINK)
    assert view.link
    return world, view


async def _claim(world: World, link: str, app: str = "app-1") -> ClaimView | DeskClaim | Refusal:
    return await world.claiming.claim(world.app(app), link, CallState.UNKNOWN, address="192.0.2.1")


@pytest.mark.parametrize("agent", BOTS)
async def test_who_only_looks_at_the_link_claims_nothing(agent: str) -> None:
    """The token is in the fragment; even a server that is sent it all the same does nothing."""
    world, view = await _linked()
    app: Any = Quart("links", static_folder=None)
    app.register_blueprint(door.create(LinkSettings(business="カザス保険", number="03-1234-5678")))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as http:
        for _ in range(10):
            for method in ("GET", "HEAD"):
                for link in ("/l", f"/l#{view.link}", f"/l?t={view.link}", f"/l?{view.link}"):
                    answer = await http.request(method, BASE + link, headers={"User-Agent": agent})
                    assert answer.status_code == 200
                    assert view.link not in answer.text
                    assert "set-cookie" not in answer.headers
        for method in ("POST", "PUT", "DELETE"):
            assert (await http.request(method, f"{BASE}/l?{view.link}")).status_code == 405
    row = world.row(view.pairing)
    assert (row.hint, row.claimed_by) == (Hint.AWAITING_APP, None)
    assert isinstance(await _claim(world, view.link), ClaimView)


async def test_the_page_runs_no_script_and_sends_nothing_on() -> None:
    app: Any = Quart("links", static_folder=None)
    app.register_blueprint(door.create(LinkSettings(business="カザス保険", number="03-1234-5678")))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as http:
        answer = await http.get(f"{BASE}/l")
    assert "<script" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy


async def test_the_second_device_is_refused_and_the_first_told_nothing_new() -> None:
    world, view = await _linked()
    first = await _claim(world, view.link, "app-1")
    for app in ("app-2", "app-3"):
        assert await _claim(world, view.link, app) == Refusal(code="expired_or_unknown")
    assert await _claim(world, view.link, "app-1") == first
    assert world.row(view.pairing).claimed_by == InstallationId("app-1")
    refused = await world.claiming.confirm(world.app("app-2"), view.pairing, Answer.I_CALLED)
    assert refused == Refusal(code="expired_or_unknown")
    assert isinstance(
        await world.claiming.confirm(world.app("app-1"), view.pairing, Answer.I_CALLED), AppView
    )


@pytest.mark.parametrize(("milliseconds", "good"), [(-1, True), (0, False), (1, False)])
async def test_a_link_ends_to_the_millisecond(milliseconds: int, good: bool) -> None:
    world, view = await _linked()
    end = min(world.policy.link_lives, world.policy.whole_check)
    world.clock.pass_by(seconds=(end + timedelta(milliseconds=milliseconds)).total_seconds())
    answer = await _claim(world, view.link)
    assert isinstance(answer, ClaimView) is good
    if not good:
        assert answer == Refusal(code="expired_or_unknown")


async def test_a_link_that_was_used_is_an_unknown_one() -> None:
    world, view = await _linked()
    await _claim(world, view.link)
    await world.ending.by_app(world.app(), view.pairing, Hint.USER_CANCELLED)
    answer = await _claim(world, view.link, "app-2")
    unknown = await _claim(world, view.link[::-1], "app-2")
    assert answer == unknown == Refusal(code="expired_or_unknown")


async def test_a_link_is_long_and_another_for_every_check() -> None:
    world = World()
    links = {(await world.opened(f"call-{n}", mode=Mode.SMS_LINK)).link for n in range(200)}
    assert len(links) == 200
    assert min(len(link) for link in links) >= 22  # 128 bits in base64url
