"""A caller without a card, one who hangs up in the middle, and an edited flow."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from companion_app.device_key import DeviceKey
from kazasu.demo.place import TERMINAL_OPERATOR
from kazasu.demo.terminal.around import Around
from kazasu.demo.terminal.conversation import Conversation
from kazasu.demo.terminal.operator import operator_at
from kazasu.demo.terminal.script import Script
from kazasu.demo.terminal.telephone import Telephone
from tests.journeys.demo.running import CALL_ENDS_WITHIN, Demo


async def _at_once() -> None:
    return None


@asynccontextmanager
async def _conversation(
    demo: Demo,
    keys: tuple[str, ...],
    *,
    heard: list[str],
    tap: Callable[[Conversation, Telephone], Awaitable[None]] | None = None,
) -> AsyncIterator[Conversation]:
    held: list[Conversation] = []
    addresses, place = demo.addresses, demo.place
    async with (
        httpx2.AsyncClient(trust_env=False) as http,
        operator_at(
            demo.base,
            TERMINAL_OPERATOR.login,
            place.password(TERMINAL_OPERATOR),
            session=place.folder / "terminal-session",
        ) as operator,
        asyncio.timeout(CALL_ENDS_WITHIN),
    ):
        telephone = Telephone(
            http=http, base=addresses["carrier"], token=place.carrier_token.read_text()
        )

        async def tapped() -> None:
            if tap is not None:
                await tap(held[0], telephone)

        around = Around(
            base=demo.base,
            cards=addresses["cards"],
            card_token=place.card_token.read_text(),
            device_key=DeviceKey.generate(),
            say=heard.append,
            tap=tapped,
        )
        held.append(Conversation(around, telephone, operator, Script(card="valid", keys=keys)))
        yield held[0]


async def _follow(
    demo: Demo, wanted: Callable[[str, dict[str, Any]], bool]
) -> asyncio.Task[dict[str, Any]]:
    """The first wanted event of the page's stream from now on; TimeoutError when there is none."""
    followed = asyncio.Event()
    task = asyncio.create_task(_event(demo, wanted, followed))
    await followed.wait()
    return task


async def _event(
    demo: Demo, wanted: Callable[[str, dict[str, Any]], bool], followed: asyncio.Event
) -> dict[str, Any]:
    """`followed` is set by the stream's first word, after which nothing is missed."""
    try:
        return await _first(demo, wanted, followed)
    finally:
        followed.set()


async def _first(
    demo: Demo, wanted: Callable[[str, dict[str, Any]], bool], followed: asyncio.Event
) -> dict[str, Any]:
    kind = ""
    async with (
        asyncio.timeout(CALL_ENDS_WITHIN),
        httpx2.AsyncClient(trust_env=False) as http,
        http.stream("GET", f"{demo.base}/demo/events", timeout=None) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
                followed.set()
            elif line.startswith("data: "):
                data: dict[str, Any] = json.loads(line.removeprefix("data: "))
                if wanted(kind, data):
                    return data
    raise AssertionError("the stream ended")


async def test_zero_reaches_a_person_as_unverified(demo: Demo) -> None:
    heard: list[str] = []
    async with _conversation(demo, ("0",), heard=heard) as talk:
        await talk.run()
    assert talk.pop is not None
    seen = {name: talk.pop[name] for name in ("badge", "status", "queue", "identity_level")}
    assert seen == {
        "badge": "grey",
        "status": "none",
        "queue": "general",
        "identity_level": "id_number",
    }
    assert talk.pop["contracts"] == []
    assert not any(line.startswith(("app:", "アプリ:")) for line in heard)


async def test_a_caller_who_hangs_up_in_the_middle_ends_the_check_and_reaches_nobody(
    demo: Demo,
) -> None:
    async def hang_up(talk: Conversation, telephone: Telephone) -> None:
        await telephone.hang_up(talk.sid)
        await asyncio.Event().wait()  # the card never touches the phone

    ended = await _follow(
        demo, lambda kind, data: kind == "pairing" and data["status"] != "pending"
    )
    async with _conversation(demo, ("1",), heard=[], tap=hang_up) as talk:
        await talk.run()
    assert talk.pop is None
    assert (await ended)["hint"] == "call_ended"


async def test_an_edited_flow_is_heard_in_the_next_call_and_a_broken_one_is_said(
    demo: Demo,
) -> None:
    prompts = demo.flows / "prompts" / "main.yaml"
    flow = demo.flows / "main-inbound.yaml"
    before, flow_before = prompts.read_text("utf-8"), flow.read_text("utf-8")
    try:
        read_again = await _follow(demo, lambda kind, _: kind == "flows")
        prompts.write_text(
            before.replace("カザス保険です。", "カザス保険の新しい声です。"), "utf-8"
        )
        assert (await read_again)["problems"]["ja"] == []
        refused = await _follow(demo, lambda kind, _: kind == "flows")
        flow.write_text(flow_before.replace("start: check_hours", "start: nowhere"), "utf-8")
        problems = (await refused)["problems"]["en"]
        assert any(line.startswith("main-inbound.yaml:") for line in problems)
        heard: list[str] = []
        async with _conversation(demo, ("0",), heard=heard) as talk:
            await talk.run()
        assert any("新しい声" in line for line in heard)
    finally:
        prompts.write_text(before, "utf-8")
        flow.write_text(flow_before, "utf-8")
