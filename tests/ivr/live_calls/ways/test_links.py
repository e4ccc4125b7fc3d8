"""A link by text message: once a call, to the calling mobile, within the budget."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace

import httpx2
import pytest

from identity.pairing.model import Mode
from ivr.flow_engine.reader import read_site
from ivr.flow_engine.site import Site
from ivr.live_calls.errands.link_message import fits_one_part, link_text
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import BASE, LINE, SHIPPED, Caller, Stage, a_stage

LANDLINE = "+81334567890"


def messages(stage: Stage) -> list[dict[str, str]]:
    return [fields for _, path, fields in stage.rest.asked if path.endswith("/Messages.json")]


def token_in(text: str) -> str:
    found = re.search(rf"{re.escape(BASE)}/l#([A-Za-z0-9_-]{{22,}})$", text)
    assert found, text
    return found[1]


async def at_the_code(caller: Caller) -> None:
    """No ticket comes, and the menu's first key."""
    await caller.arrives()
    await caller.waits()
    await caller.presses("1")


async def at_the_link(caller: Caller) -> None:
    """The spoken code, then another way; settled, if sending took longer than the turn."""
    await at_the_code(caller)
    await caller.presses("2")
    await caller.stage.phone.background.settled()


async def test_the_link_leads_the_app_to_this_call(shipped: Stage) -> None:
    caller = shipped.caller()
    await at_the_link(caller)
    (sent,) = messages(shipped)
    assert (sent["To"], sent["From"]) == (LINE, "KAZASU")
    assert fits_one_part(sent["Body"]), sent["Body"]
    app = App(stage=shipped, contract="C-1001")
    await app.holds_a_contract()
    asked = await app.confirms(await app.claims(caller, token_in(sent["Body"])))
    await app.proves(await app.chooses(caller, asked))
    verdict = await caller.pairing()
    assert (verdict.mode, verdict.binding.code, verdict.badge.value) == (
        *(Mode.SMS_LINK, "bind_choice"),
        "green",
    )


async def test_a_repeated_request_sends_no_second_one(shipped: Stage) -> None:
    caller = shipped.caller()
    await at_the_code(caller)
    action = caller.document.action
    first = await caller.asks(action, Digits="2")
    assert (await caller.asks(action, Digits="2")).body == first.body
    assert len(messages(shipped)) == 1


async def test_another_process_that_repeats_the_errand_sends_none(shipped: Stage) -> None:
    """The save was lost to a crash: the row in SQL remembers."""
    caller = shipped.caller()
    await at_the_code(caller)
    row, flow = await caller.row(), (await shipped.phone.calls.on_the_line(caller.sid))[1]  # type: ignore[index]  # it is on the line
    check = shipped.phone.checks  # any part that holds the messages
    send = check._messages.send
    assert await send(row, flow.site, "key:1:0", "token", "ja-JP")
    assert await send(row, flow.site, "key:1:0", "token", "ja-JP")
    assert not await send(row, flow.site, "key:2:0", "token", "ja-JP")
    assert len(messages(shipped)) == 1


@pytest.mark.parametrize(
    "trouble", [500, 400, httpx2.ReadError("gone")], ids=["broken", "refused", "dropped"]
)
async def test_what_cannot_be_sent_goes_on_by_another_way(
    shipped: Stage, trouble: int | Exception
) -> None:
    caller = shipped.caller()
    await at_the_code(caller)
    before = await caller.pairing()
    shipped.rest.troubles.append(trouble)
    heard = await caller.presses("2")
    assert len(messages(shipped)) == 1  # asked once: nobody knows whether it was sent
    assert heard.verbs[-1] == "Gather"
    now = await caller.pairing()
    assert now.code
    assert now.pairing != before.pairing


async def test_a_landline_gets_none(shipped: Stage) -> None:
    caller = shipped.caller(LANDLINE)
    await at_the_link(caller)
    assert messages(shipped) == []
    assert (await caller.pairing()).code


async def test_the_budget_of_a_day(tmp_path: object) -> None:
    async with a_stage(tmp_path, flows_dir=SHIPPED, KAZASU_MESSAGES_PER_DAY="1") as shipped:  # type: ignore[arg-type]  # pytest's own
        await at_the_link(shipped.caller())
        other = shipped.caller("+819087654321")
        await at_the_link(other)
        assert len(messages(shipped)) == 1
        assert (await other.pairing()).code


async def test_a_slow_carrier_keeps_nobody_in_silence(shipped: Stage) -> None:
    caller = shipped.caller()
    await at_the_code(caller)
    gate = asyncio.Event()
    shipped.rest.gate = gate
    held = await caller.presses("2")
    assert held.verbs[-1] == "Gather"
    assert messages(shipped) == []
    gate.set()
    await shipped.phone.background.settled()
    assert len(messages(shipped)) == 1
    assert "メッセージ" in (await caller.waits()).said


def _site(business: str, texts: Mapping[str, tuple[str, ...]] | None = None) -> Site:
    site, _ = read_site((SHIPPED / "site.yaml").read_text("utf-8"), file="site.yaml")
    assert site is not None
    words = site.sms_texts if texts is None else texts
    return replace(site, business=replace(site.business, name=business), sms_texts=words)


@pytest.mark.parametrize("language", ["ja-JP", "en-US", "ko-KR"])
@pytest.mark.parametrize("business", ["カザス保険", "Kazasu", "とても長い名前の生命保険相互会社"])
@pytest.mark.parametrize("texts", [None, {}], ids=["the shipped words", "a site without words"])
def test_one_part_where_that_can_be(
    language: str, business: str, texts: Mapping[str, tuple[str, ...]] | None
) -> None:
    link = "https://ivr.kazasu.example/l#" + "A" * 22
    text = link_text(_site(business, texts), language, link)
    assert text.endswith(link)
    assert text.removesuffix(link)[-1] in " \n"
    assert fits_one_part(text), len(text)


def test_a_long_address_is_sent_whole() -> None:
    link = "https://" + "a" * 80 + ".example/l#" + "A" * 22
    text = link_text(_site("カザス保険"), "ja-JP", link)
    assert text.endswith(link)
    assert not fits_one_part(text)


def test_the_site_has_the_words() -> None:
    own = _site("カザス", {"ja-JP": ("{business}から {link}",), "en-US": ("Open {link}",)})
    said = [link_text(own, language, "https://a/l#b") for language in ("ja-JP", "en-US", "ko-KR")]
    assert said == ["カザスから https://a/l#b", "Open https://a/l#b", "カザスから https://a/l#b"]


@pytest.mark.parametrize(
    "text",
    [
        "no link at all",
        "{link} is not at the end",
        "sticks:{link}",
        "{name} {link}",
        "{link} {link}",
    ],
)
def test_words_that_would_not_work_are_findings(text: str) -> None:
    source = (SHIPPED / "site.yaml").read_text("utf-8")
    changed = source.replace("Verify for your call (5 min) {link}", text)
    assert changed != source
    _, findings = read_site(changed, file="site.yaml")
    assert [found.code for found in findings] == ["F001"]
