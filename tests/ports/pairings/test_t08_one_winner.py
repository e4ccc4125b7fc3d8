"""T8: two hundred phones enter one code at once, at four processes. One of them has it, ever."""

from datetime import UTC, datetime

from identity.pairing.model import PairingId
from stores.sql.database import Database
from tests.chaos import claimers
from tests.identity.pairing.world import World
from tests.ports.stage import TENANT

ROUNDS = 3


async def code_of(world: World, call: str) -> tuple[str, PairingId]:
    world.clock.at = datetime.now(UTC)
    view = await world.opened(call)
    assert view.code is not None
    return view.code, view.pairing


async def holder(world: World, pairing: PairingId) -> str:
    found = await world.pairings.by_id(TENANT, pairing)
    assert found is not None
    return found.claimed_by or ""


def told(answers: list[claimers.Answers | None]) -> list[str]:
    return [phone for one in answers if one for phone in one.won]


def untold(answers: list[claimers.Answers | None]) -> list[str]:
    return [phone for one in answers if one for phone in one.untold]


async def test_each_code_has_one_winner(url: str, database: Database) -> None:
    world = claimers.world_over(database)
    with claimers.at_work(url) as four:
        for turn in range(ROUNDS):
            code, pairing = await code_of(world, f"call-{turn}")
            answers = claimers.together(four, code)
            kept = await holder(world, pairing)
            assert None not in answers
            assert told(answers) == [kept] or (not told(answers) and kept in untold(answers))


async def test_a_process_killed_between_claim_and_commit_has_it_or_nobody(
    url: str, database: Database
) -> None:
    """One process is killed while they all claim; then another phone tries the same code."""
    world = claimers.world_over(database)
    with claimers.at_work(url) as four:
        for turn, dying in enumerate(four[:2]):
            code, pairing = await code_of(world, f"call-{turn}")
            answers = claimers.together(four, code, killed=dying)
            kept = await holder(world, pairing)
            assert told(answers) in ([], [kept])
            without_answer = kept.startswith(f"p{turn}-") or kept in untold(answers)
            assert not kept or told(answers) or without_answer, "won by a living one, untold"
            world.clock.at = datetime.now(UTC)
            late = await claimers.enter(world, "late", code)
            assert await holder(world, pairing) == (kept or "late")
            assert bool(late) == (not kept)
