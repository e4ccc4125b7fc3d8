"""The operators' event stream: whose news, how it resumes, when it ends."""

import json
from typing import Any

import pytest

from operator_console.feed import KINDS, channel
from tests.operator_console.stage import VERIFIED, Page, Stage


class Stream:
    """An open event stream of a page."""

    def __init__(self, page: Page, **headers: str) -> None:
        cookie = {"Cookie": f"kazasu={page.cookie()}"}
        self._connection = page.client.request("/operator/events", headers=cookie | headers)
        self._text = ""

    async def __aenter__(self) -> "Stream":
        await self._connection.__aenter__()
        await self._connection.send_complete()
        return self

    async def __aexit__(self, *raised: Any) -> None:
        await self._connection.disconnect()
        await self._connection.__aexit__(*raised)

    async def next(self) -> dict[str, str]:
        while "\n\n" not in self._text:
            self._text += (await self._connection.receive()).decode()
        block, _, self._text = self._text.partition("\n\n")
        return dict(line.split(": ", 1) for line in block.splitlines())


async def test_news_say_only_where_to_look_again() -> None:
    stage = Stage()
    page = await stage.signed_in()
    await stage.available("hanako-id")
    async with Stream(page) as stream:
        assert (await stream.next())["event"] == "hello"
        await stage.enters("x", VERIFIED)
        offer, entered = await stream.next(), await stream.next()
        assert (offer["event"], json.loads(offer["data"])) == ("offer", {"token": "x"})
        assert (entered["event"], json.loads(entered["data"])) == ("waiting", {"token": "x"})


async def test_offers_of_others_and_of_other_tenants_are_not_heard() -> None:
    stage = Stage()
    page = await stage.signed_in("taro")
    async with Stream(page) as stream:
        await stream.next()
        tell = stage.room.news.tell
        await tell("main", operator="hanako-id", what="offer", token="hers")
        await tell("other", operator=None, what="pop", token="elsewhere")
        await tell("main", operator="taro-id", what="presence", token="")
        heard = await stream.next()
        assert (heard["event"], json.loads(heard["data"])) == ("presence", {"token": ""})


async def test_it_resumes_where_the_page_was() -> None:
    stage = Stage()
    page = await stage.signed_in()
    tell = stage.room.news.tell
    async with Stream(page) as stream:
        await stream.next()
        await tell("main", operator=None, what="pop", token="one")
        last = (await stream.next())["id"]
    await tell("main", operator=None, what="pop", token="two")
    async with Stream(page, **{"Last-Event-ID": last}) as stream:
        await stream.next()
        assert json.loads((await stream.next())["data"]) == {"token": "two"}


async def test_a_session_that_ends_ends_the_stream() -> None:
    stage = Stage()
    page = await stage.signed_in()
    async with Stream(page) as stream:
        await stream.next()
        await stage.accounts.disable("main", "hanako")
        await stage.room.news.tell("main", operator=None, what="pop", token="x")
        assert (await stream.next())["event"] == "over"


async def test_a_closed_feed_ends_the_stream() -> None:
    """Otherwise a service with open consoles could not stop."""
    stage = Stage()
    page = await stage.signed_in()
    await stage.feed.close()
    answer = await page.get("events")
    assert await answer.get_data() == b"event: hello\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_only_our_own_page_follows(headers: dict[str, str], status: int) -> None:
    page = await Stage().signed_in()
    assert (await page.get("events", **headers)).status_code == status


async def test_every_kind_the_queues_tell_is_followed_by_the_page() -> None:
    """The page listens by name: a kind it does not name would never be heard."""
    page = await Stage().signed_in()
    script = await (await page.get("static/stream.js")).get_data(as_text=True)
    for kind in KINDS:
        assert f'"{kind}"' in script
    assert channel("main") != channel("other")
