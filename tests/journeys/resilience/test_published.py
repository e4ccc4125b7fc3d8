"""Published versions in a running service: who gets which, through a kill and on the way back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import pytest
from typer.testing import CliRunner

from kazasu.cli import main
from tests.journeys.resilience.house import SPEED, House
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.parties.line import Line, never_left_alone

SITE: Final = f"""\
schema: ivr-site/1
business: {{name: カザス保険, published_number: "{people.DIALLED}"}}
numbers: {{"{people.DIALLED}": desk@live}}
queues: {{general: {{fallback: true}}}}
"""
WORDS: Final = """\
schema: ivr-prompts/1
prompts:
  ask: {ja-JP: 版はVERSION。キーを押してください。}
  bye: {ja-JP: さようなら、VERSION。}
"""
FLOW: Final = """\
schema: ivr-flow/1
id: desk
title: 版を名乗る受付
languages: [ja-JP]
voice: {ja-JP: Polly.Kazuha-Neural}
prompts: [prompts/words.yaml]
start: ask
human: person
nodes:
  # A caller who does nothing stays here for twenty minutes: nobody is in a hurry.
  ask:
    gather: {digits: 1, prompt: ask, timeout: 30s, max_attempts: 5}
    keys: {"1": bye, "0": person}
    outcomes: {exhausted: more}
  more: {count: {name: more, max: 9}, outcomes: {again: ask, exhausted: person}}
  bye: {say: bye, next: person}
  person: {route: {queue: general}, outcomes: {connected: end, abandoned: end, full: end,
           timeout: end, error: end}}
  end: {hangup: {}}
"""
CALLERS: Final = ("+819048151624", "+819048151625", "+819048151626", "+819048151627")
UNHURRIED: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A designer with the flows folder of this service, and the command line."""

    house: House
    flows: Path

    def write(self, version: str) -> None:
        (self.flows / "prompts").mkdir(parents=True, exist_ok=True)
        (self.flows / "site.yaml").write_text(SITE, encoding="utf-8")
        (self.flows / "desk.yaml").write_text(FLOW, encoding="utf-8")
        words = WORDS.replace("VERSION", version)
        (self.flows / "prompts" / "words.yaml").write_text(words, encoding="utf-8")

    async def publish(self, version: str, *options: str) -> None:
        self.write(version)
        await self._kazasu("publish", str(self.flows / "desk.yaml"), "-m", version, *options)

    async def roll_back(self, *options: str) -> None:
        await self._kazasu("rollback", "desk", *options)

    async def _kazasu(self, *arguments: str) -> None:
        """In a thread: these commands have a loop of their own."""
        environment = self.house.variables | {"KAZASU_FLOWS_DIR": str(self.flows)}
        done = await asyncio.to_thread(
            CliRunner().invoke, main.app, ["flow", *arguments], env=environment
        )
        assert done.exit_code == 0, done.output

    @asynccontextmanager
    async def unhurried(self, http: httpx2.AsyncClient) -> AsyncIterator[None]:
        """At a speed at which callers stay where they are while much happens."""
        line = self._line(http)
        await line.at_speed(UNHURRIED)
        try:
            yield
        finally:
            await line.at_speed(SPEED)

    @asynccontextmanager
    async def call(self, http: httpx2.AsyncClient, caller: str) -> AsyncIterator[Line]:
        """Answered; hung up at the end."""
        line = self._line(http)
        await line.dial(caller=caller)
        try:
            yield line
        finally:
            await line.hang_up()
            await never_left_alone(line)

    def _line(self, http: httpx2.AsyncClient) -> Line:
        token = self.house.place.carrier_token.read_text(encoding="ascii").strip()
        carrier = f"http://127.0.0.1:{self.house.carrier.port}"
        return Line(http, carrier, token, speed=UNHURRIED)


@pytest.fixture
def publisher(house: House, tmp_path: Path) -> Iterator[Publisher]:
    """The house's service serves what was published here; afterwards the files, as before."""
    made = Publisher(house=house, flows=tmp_path / "flows")
    made.write("zero")
    before = dict(house.service.variables)
    house.service.kill()
    house.service.variables |= {
        "KAZASU_FLOW_SOURCE": "published",
        "KAZASU_FLOWS_DIR": str(made.flows),
    }
    try:
        yield made
    finally:
        house.service.kill()
        house.service.variables = before
        asyncio.run(house.serve())


async def test_a_call_keeps_the_version_it_began_with(publisher: Publisher) -> None:
    house = publisher.house
    await publisher.publish("いち")
    await house.serve()
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=30.0) as http,
        publisher.unhurried(http),
        publisher.call(http, CALLERS[0]) as first,
    ):
        await said(first, "版はいち")
        await publisher.publish("に")
        async with publisher.call(http, CALLERS[1]) as second:
            await said(second, "版はに")
            await publisher.roll_back()
            await house.crash()
            for line, version in ((first, "いち"), (second, "に")):
                await line.press("1")
                await said(line, f"さようなら、{version}")
        async with publisher.call(http, CALLERS[2]) as third:
            await said(third, "版はいち")
        await publisher.publish("さん", "--alias", "canary", "--percent", "100")
        async with publisher.call(http, CALLERS[3]) as tried:
            await said(tried, "版はさん")
            await publisher.roll_back("--alias", "canary")
            await tried.press("1")
            await said(tried, "さようなら、さん")
        async with publisher.call(http, CALLERS[2]) as last:
            await said(last, "版はいち")


async def said(line: Line, words: str) -> None:
    await line.hears(words, lambda text: words in text)
