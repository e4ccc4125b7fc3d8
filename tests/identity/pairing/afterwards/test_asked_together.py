"""Whoever lays data open waits for a question that is being asked already (threat T12)."""

import asyncio
from datetime import datetime

import pytest

from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.afterwards.rechecking import Occasion
from identity.verification.model import RevocationState
from identity.verification.ports import RevocationSubject
from tests.identity.pairing.world import CARD, PERSON, TENANT, World
from tests.identity.verification.sources import Register

CALL = CallRef("call-1")


class Slow(Register):
    """Takes its time once it is told to, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.many = asyncio.Event(), 0
        self.go_on.set()

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        self.many += 1
        await self.go_on.wait()
        return await super().status(subject, at)


async def _verified() -> tuple[World, Slow]:
    source = Slow()
    world = World(revocation=source)
    await world.hold(CARD, PERSON, "K-1")
    await world.verified("call-1")
    world.clock.pass_by(seconds=30)
    source.many = 0
    return world, source


async def _hint(world: World) -> Hint:
    view = await world.watching.latest(TENANT.id, CALL)
    assert view is not None
    return view.hint


async def test_two_who_ask_at_once_get_one_answer() -> None:
    world, source = await _verified()
    source.go_on.clear()
    source.revoked.add(CARD)
    answered = asyncio.create_task(world.rechecking.of_call(TENANT.id, CALL, Occasion.HAND_OVER))
    laid_open = asyncio.create_task(world.rechecking.of_call(TENANT.id, CALL, Occasion.REVEAL))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not laid_open.done()
    assert await _hint(world) is Hint.VERIFIED
    source.go_on.set()
    await laid_open
    assert await _hint(world) is Hint.REVOKED_SINCE
    await answered
    assert source.many == 1


async def test_what_was_not_written_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    world, source = await _verified()
    source.revoked.add(CARD)
    with monkeypatch.context() as patch:
        patch.setattr(world.pairings, "change", _away)
        with pytest.raises(ConnectionError):
            await world.rechecking.of_call(TENANT.id, CALL, Occasion.HAND_OVER)
    assert await _hint(world) is Hint.VERIFIED
    await world.rechecking.of_call(TENANT.id, CALL, Occasion.REVEAL)
    assert await _hint(world) is Hint.REVOKED_SINCE
    assert [row.record.header["occasion"] for row in world.evidence.rows[1:]] == ["reveal"]


async def _away(*_: object, **__: object) -> None:
    raise ConnectionError


async def test_whoever_has_gone_has_not_asked() -> None:
    world, source = await _verified()
    source.go_on.clear()
    source.revoked.add(CARD)
    gone = asyncio.create_task(world.rechecking.of_call(TENANT.id, CALL, Occasion.REVEAL))
    for _ in range(20):
        await asyncio.sleep(0)
    assert source.many == 1
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    source.go_on.set()
    await world.rechecking.of_call(TENANT.id, CALL, Occasion.REVEAL)
    assert (await _hint(world), source.many) == (Hint.REVOKED_SINCE, 2)
