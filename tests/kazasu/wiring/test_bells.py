"""A pairing that changes at one process rings at all; without Redis at this one alone."""

import asyncio
from datetime import UTC, datetime

from identity.pairing.model import CallRef, PairingId, PairingNews
from identity.pairing.outcomes import Hint, Status
from identity.tenants.model import TenantId
from kazasu.wiring.processes.bells import Bells
from stores.memory.news import MemoryFeed

NEWS = PairingNews(
    tenant=TenantId("kazasu-hoken"),
    pairing=PairingId("pairing-1"),
    call_ref=CallRef("call-1"),
    status=Status.PENDING,
    hint=Hint.AWAITING_PIN,
    at=datetime(2026, 11, 22, tzinfo=UTC),
)


async def test_it_rings_here_and_at_the_others() -> None:
    feed, here, there = MemoryFeed(), asyncio.Queue[str](), asyncio.Queue[str]()
    near, far = Bells(feed, here.put_nowait), Bells(feed, there.put_nowait)
    (loop,) = far.loops()
    listening = asyncio.ensure_future(loop.turn())
    await asyncio.sleep(0)  # it is in place
    await feed.publish("pairings", "reset", {})
    await near.ring(NEWS)
    async with asyncio.timeout(30):
        assert await there.get() == NEWS.pairing
        assert here.get_nowait() == NEWS.pairing
        await feed.close()
        await listening


async def test_alone_it_rings_here() -> None:
    told: list[str] = []
    bells = Bells(None, told.append)
    await bells.ring(NEWS)
    await bells.hear()
    assert (told, bells.loops()) == ([NEWS.pairing], ())
