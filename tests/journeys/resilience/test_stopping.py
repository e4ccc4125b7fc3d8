"""SIGTERM in the middle of everything: out within 15 s, with success, and nobody cut off."""

import asyncio

from companion_app.protocol import HeldPairing
from tests.journeys.resilience.house import House
from tests.journeys.resilience.parties.app import state
from tests.journeys.resilience.story import story


async def test_it_ends_with_an_open_console_and_a_waiting_app(house: House) -> None:
    async with story(house) as told:
        await told.in_the_ivr()
        pairing = await told.phone.claim(told.codes[-1])
        assert isinstance(pairing, HeldPairing)
        greeted = asyncio.Event()

        async def console() -> list[str]:
            heard = []
            async for kind in told.desk.console.news():
                heard.append(kind)
                greeted.set()
            return heard

        stream = asyncio.ensure_future(console())
        await greeted.wait()
        poll = asyncio.ensure_future(pairing.wait(25))
        for _ in range(3):  # later questions have been answered, so the poll has been heard
            await told.desk.console.state()
        house.service.ask_to_stop()
        try:
            status = await asyncio.to_thread(house.service.exit_status)
            assert status == 0
            assert state(await poll).status == "pending"
            assert "hello" in await stream
        finally:
            house.service.kill()
            await house.serve()
