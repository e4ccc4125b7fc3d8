"""Redis is killed in the middle of a call, and comes back empty (docs/threats.md, F4 and F5)."""

import pytest

from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.model import Kind
from tests.journeys.processes.deployment import Deployment
from tests.journeys.resilience.parties.line import never_left_alone
from tests.journeys.resilience.story import Story, story
from tests.journeys.resilience.test_killed import verdicts

pytestmark = pytest.mark.timeout(400)


async def test_in_the_hold_the_call_goes_on_at_a_person(two: Deployment) -> None:
    """Nobody may try codes while nobody can count; what is heard goes on."""

    async def fault() -> None:
        two.redis.kill()

    try:
        async with story(two.house, at=["in the hold"], fault=fault) as told:
            await told.in_the_ivr()
            refused = await told.phone.claim(told.codes[-1])
            assert getattr(refused, "code", "") in ("slow_down", "expired_or_unknown"), refused
            pop = await to_a_person(told)
            assert pop["badge"] != "green"
            await never_left_alone(told.line)
            assert await verdicts(told) == []
    finally:
        two.redis.start()
        await two.counts()
    assert first_bad(await two.house.evidence()) is None


async def test_once_proven_the_verdict_outlives_it(two: Deployment) -> None:
    """The call leaves the queue with words and comes back to it, as proven as it was."""
    try:
        async with story(two.house) as told:
            await told.in_the_ivr()
            await told.in_the_app()
            await told.line.meets("the queue", lambda e: e["kind"] == "queue")
            heard = len(told.line.entries)
            two.redis.kill()
            two.redis.start()
            await told.line.meets("words", lambda e: e["kind"] == "say", after=heard)
            await told.line.meets("the queue", lambda e: e["kind"] == "queue", after=heard)
            await told.to_a_person()
            await never_left_alone(told.line)
            assert told.pop["badge"] == "green"
            assert [row.kind for row in await verdicts(told)] == [Kind.VERDICT]
    finally:
        await two.counts()
    assert first_bad(await two.house.evidence()) is None


async def to_a_person(told: Story) -> dict[str, object]:
    """What the operator sees of a caller whose check came to nothing."""
    await told.line.meets("the queue", lambda e: e["kind"] == "queue")
    await told.desk.free()
    offer = await told.desk.offered()
    return await told.desk.shown(offer["token"])
