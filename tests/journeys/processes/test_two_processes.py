"""A call that is served by two processes in turn, and by one while the other is started again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from identity.evidence_archive.chain import first_bad
from tests.journeys.processes.balancer import Answered
from tests.journeys.processes.console import open_page
from tests.journeys.processes.deployment import Deployment
from tests.journeys.resilience.house import SPEED
from tests.journeys.resilience.parties.line import Line, never_left_alone
from tests.journeys.resilience.story import story
from tests.journeys.resilience.test_killed import one_verdict
from tests.journeys.resilience.waiting import until

pytestmark = pytest.mark.timeout(400)
WEBHOOKS = "/carriers/"


def failed(answered: list[Answered]) -> list[Answered]:
    return [one for one in answered if one.status not in (200, 204)]


async def test_every_request_of_a_call_may_come_to_another(two: Deployment) -> None:
    begun = len(two.balancer.answered)
    async with story(two.house) as told, open_page(told.desk.console) as page:
        await told.tell()
        await never_left_alone(told.line)
        await one_verdict(told)
        await until("the page heard of the talk", _heard(page.heard, "talking"))
        assert "reset" not in page.heard
    asked = two.balancer.of(WEBHOOKS, since=begun)
    assert {one.port for one in asked} == set(two.ports)
    assert not failed(asked)
    (proof,) = [one for one in two.balancer.of("/v1/", since=begun) if one.path.endswith("/proof")]
    assert proof.status == 200
    assert first_bad(await two.house.evidence()) is None


async def test_one_after_the_other_is_started_again_and_nobody_notices(two: Deployment) -> None:
    """Other calls keep asking meanwhile. The page comes back and has missed nothing."""
    begun, turn = len(two.balancer.answered), 0

    async def roll() -> None:
        nonlocal turn
        await told.line.at_speed(4.0)  # or the whole check is over before a process is up again
        await two.roll(turn % 2)
        turn += 1
        await told.line.at_speed(SPEED)

    at = ("in the hold", "while offered")
    async with story(two.house, at=at, fault=roll) as told, open_page(told.desk.console) as page:
        async with _others_hold(two, told.line):
            await told.in_the_ivr()
            await told.in_the_app()
        await told.to_a_person()
        await never_left_alone(told.line)
        await one_verdict(told)
        await until("the page heard of the talk", _heard(page.heard, "talking"))
        assert page.streams > 1
        assert "reset" not in page.heard
        assert page.heard.count("offer") == 1
    assert turn == len(at)
    assert not failed(two.balancer.of(WEBHOOKS, since=begun))
    assert first_bad(await two.house.evidence()) is None


def _heard(heard: list[str], kind: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return kind in heard

    return look


@asynccontextmanager
async def _others_hold(two: Deployment, near: Line) -> AsyncIterator[None]:
    """More calls, each at its own question, so that webhooks come all the time."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30.0) as http:
        token = two.house.place.carrier_token.read_text(encoding="ascii").strip()
        base = f"http://127.0.0.1:{two.house.carrier.port}"
        lines = [Line(http, base, token, speed=SPEED) for _ in range(3)]
        for number, line in enumerate(lines):
            await line.dial(caller=f"+8190123400{number:02d}")
        try:
            yield
        finally:
            for line in lines:
                await never_left_alone(line)
            await asyncio.gather(*(line.hang_up() for line in lines))
