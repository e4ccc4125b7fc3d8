"""kill -9 of the service in the middle of a call, at every step (docs/threats.md, F1 and F2)."""

import asyncio
from collections.abc import Sequence

import pytest

from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.model import Kind, SealedRecord
from tests.journeys.resilience.house import House
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.parties.app import state
from tests.journeys.resilience.parties.line import never_left_alone
from tests.journeys.resilience.story import AT_THE_DESK, IN_THE_APP, IN_THE_IVR, Story, story
from tests.journeys.resilience.waiting import until


@pytest.mark.parametrize(
    "points", [IN_THE_IVR, IN_THE_APP, AT_THE_DESK], ids=["ivr", "app", "desk"]
)
async def test_a_call_survives_each(house: House, points: Sequence[str]) -> None:
    async with story(house, at=points, fault=house.crash) as told:
        await told.tell()
        await never_left_alone(told.line)
        await one_verdict(told)
        await told.someone_else_claims()
    assert first_bad(await house.evidence()) is None


class Enough(Exception):
    """The story ends here."""


@pytest.mark.parametrize("point", ["in the menu", "in the hold"])
async def test_while_it_is_down_the_fallback_dials_a_person(house: House, point: str) -> None:
    async def fault() -> None:
        await house.fail()
        raise Enough

    async with story(house, at=[point], fault=fault) as told:
        try:
            with pytest.raises(Enough):
                await told.tell()
            await told.line.talks_with(people.GENERAL_DESK)
        finally:
            await house.serve()
        await never_left_alone(told.line)
        assert await verdicts(told) == []
    assert first_bad(await house.evidence()) is None


async def test_a_verdict_outlives_the_process_that_had_told_nobody(house: House) -> None:
    """The fallback has taken over by then: the verdict is kept, and their talk is left alone."""

    async def fault() -> None:
        await house.fail()
        raise Enough

    async with story(house, at=["right after the proof"], fault=fault) as told:
        try:
            with pytest.raises(Enough):
                await told.tell()
            await told.line.talks_with(people.GENERAL_DESK)
        finally:
            await house.serve()
        await until("the news is delivered", lambda: nothing_untold(house))
        await told.line.talks_with(people.GENERAL_DESK)
        assert [row.kind for row in await verdicts(told)] == [Kind.VERDICT]
        await never_left_alone(told.line)
    assert first_bad(await house.evidence()) is None


async def test_a_proof_that_the_crash_interrupts_counts_once(house: House) -> None:
    """The app sends it again, as it does whenever it heard no answer."""
    async with story(house) as told:
        await told.in_the_ivr()
        await told.in_the_app_until_the_proof()
        assert told.pairing is not None
        assert told.tapped is not None
        await told.line.next_document()
        house.carrier.pause()  # or it may be asking about the verdict's news when the crash comes
        first = asyncio.ensure_future(told.pairing.prove(told.tapped))
        await told.sent.whole("/proof")
        await house.crash()
        await asyncio.gather(first, return_exceptions=True)
        told.proven = state(await told.pairing.prove(told.tapped))
        await told.to_a_person()
        await never_left_alone(told.line)
        await one_verdict(told)
    assert first_bad(await house.evidence()) is None


async def nothing_untold(house: House) -> bool:
    kept = house.stores()
    try:
        return await kept.outbox.waiting() == 0
    finally:
        await kept.close()


async def one_verdict(told: Story) -> None:
    """The operator sees exactly what the one evidence row of this pairing says."""
    assert told.pairing is not None
    assert told.pop["badge"] == "green"
    assert told.pop["queue"] == "verified"
    kept = await verdicts(told)
    assert [row.kind for row in kept] == [Kind.VERDICT]
    assert told.pop["verdict"]["evidence_id"] == kept[0].id


async def verdicts(told: Story) -> list[SealedRecord]:
    """What the evidence holds about the outcome of this story's pairing."""
    if told.pairing is None:
        return []
    outcomes = (Kind.VERDICT, Kind.REFUSAL)
    return [
        row.record
        for row in await told.house.evidence()
        if row.record.header.get("pairing") == told.pairing.now.pairing
        and row.record.kind in outcomes
    ]
