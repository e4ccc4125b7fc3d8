"""`kazasu demo tap`: somebody hears a call on a telephone, or has the code of a desk, and types."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx2
import pytest

from kazasu.demo.place import CALLER, DIALLED, TERMINAL_OPERATOR
from kazasu.demo.terminal import heard
from kazasu.demo.terminal.operator import TerminalOperator, operator_at
from kazasu.demo.terminal.telephone import Telephone
from tests.journeys.demo.running import CALL_ENDS_WITHIN, COMMAND, ROOT, Demo


class Terminal:
    """A running `kazasu demo tap`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self._in, self._out = process, process.stdin, process.stdout

    @classmethod
    @asynccontextmanager
    async def start(cls, demo: Demo, *words: str) -> "AsyncIterator[Terminal]":
        command = (*COMMAND, "tap", "--base-url", demo.base, "--data", str(demo.place.folder))
        process = await asyncio.create_subprocess_exec(
            *command,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"LC_ALL": "ja_JP.UTF-8"},
        )
        try:
            yield cls(process)
        finally:  # a test that failed leaves nothing to the next one
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def until(self, wanted: str) -> str:
        while line := (await self._out.readline()).decode():
            if wanted in line:
                return line
        raise AssertionError(f"it ended without {wanted}")

    def type(self, line: str) -> None:
        self._in.write(f"{line}\n".encode())


async def _captions(telephone: Telephone, sid: str) -> AsyncGenerator[str, None]:
    """What is said; the question for the concern is answered."""
    said = ""
    async for entry in telephone.entries(sid):
        if entry["kind"] == "say":
            said = entry["text"]
            yield said
        elif entry["kind"] == "listen" and "照会" in said:
            await telephone.press(sid, "1")


async def test_a_call_is_verified_by_what_is_typed(demo: Demo) -> None:
    async with (
        asyncio.timeout(2 * CALL_ENDS_WITHIN),
        httpx2.AsyncClient(trust_env=False) as http,
        Terminal.start(demo) as terminal,
    ):
        await terminal.until("または届いたリンク")
        telephone = Telephone(
            http=http, base=demo.addresses["carrier"], token=demo.place.carrier_token.read_text()
        )
        sid = await telephone.dial(CALLER, DIALLED)
        try:
            async with aclosing(_captions(telephone, sid)) as captions:
                code = await anext(c async for said in captions if (c := heard.code(said)))
                terminal.type(code)
                shown = (await terminal.until("電話で聞こえた番号は?")).partition("?")[2]
                choices = tuple(part.strip() for part in shown.split("/"))
                assert len(choices) == 3
                terminal.type("00")  # none of them: asked again
                await terminal.until("電話で聞こえた番号は?")
                item = await anext(i async for s in captions if (i := heard.item(s, choices)))
                terminal.type(item)
                await terminal.until("complete / verified")
            assert await terminal.process.wait() == 0
        finally:
            await telephone.hang_up(sid)


async def test_a_check_is_begun_on_the_console_and_tapped(demo: Demo) -> None:
    async with (
        asyncio.timeout(CALL_ENDS_WITHIN),
        operator_at(
            demo.base,
            TERMINAL_OPERATOR.login,
            demo.place.password(TERMINAL_OPERATOR),
            session=demo.place.folder / "terminal-session",
        ) as operator,
        Terminal.start(demo) as terminal,
    ):
        wanted = {"kind": "business", "contract": "c-0001", "level": "id_card_auth"}
        assert await operator.act("desk-begin", **wanted, phone="", purpose="", key="a-journey")
        begun = await _newest(operator)
        await terminal.until("または届いたリンク")
        terminal.type(begun["code"])
        await terminal.until("の窓口で、本人確認をします。")
        await terminal.until("complete / verified")
        assert await terminal.process.wait() == 0
        done = await _newest(operator)
    assert (done["status"], done["hint"], done["badge"]) == ("complete", "verified", "amber")
    assert [one["ref"] for one in done["contracts"]] == ["c-0001"]


async def _newest(operator: TerminalOperator) -> dict[str, Any]:
    """The check that was begun last, as its operator sees it."""
    listed = await operator.http.get(f"{operator.base}/operator/api/desk")
    newest = listed.json()["checks"][0]["pairing"]
    shown = await operator.http.get(f"{operator.base}/operator/api/desk/{newest}")
    found: dict[str, Any] = shown.json()
    return found


@pytest.mark.parametrize(
    ("typed", "says", "status"),
    [("12345678", "番号が正しくありません", 1), ("", "番号が正しくありません", 1)],
)
async def test_what_is_no_code_is_said(demo: Demo, typed: str, says: str, status: int) -> None:
    async with asyncio.timeout(CALL_ENDS_WITHIN), Terminal.start(demo) as terminal:
        terminal.type(typed)
        await terminal.until(says)
        assert await terminal.process.wait() == status


async def test_a_card_that_nobody_has_and_a_service_that_is_away(demo: Demo) -> None:
    async with asyncio.timeout(CALL_ENDS_WITHIN):
        async with Terminal.start(demo, "--card", "nobody") as nobody:
            assert await nobody.process.wait() == 2
        async with Terminal.start(demo, "--base-url", "http://127.0.0.1:1") as away:
            assert await away.process.wait() == 3
