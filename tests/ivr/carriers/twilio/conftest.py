from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import pytest_asyncio

from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.twiml import DocumentSettings
from tests.stand_ins.carrier.control import ACCOUNT, OPERATOR, CarrierProcess, Control
from tests.stand_ins.carrier.service import AUTH_TOKEN, Service


@pytest.fixture(scope="session")
def carrier_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    folder = tmp_path_factory.mktemp("carrier")
    carrier = CarrierProcess.start(folder, "--speed", "50", "--phone", OPERATOR)
    yield carrier
    assert carrier.stop() == 0


@pytest_asyncio.fixture
async def carrier(carrier_process: CarrierProcess) -> AsyncIterator[Control]:
    """The simulated carrier; its calls to our number are answered by scripted documents."""
    service = Service()
    await service.start()
    control = Control(carrier_process, service)
    async with control.http:
        earlier = (await control.send("GET", "/calls"))["calls"]
        service.forget(frozenset(call["call_sid"] for call in earlier))
        await control.serve(voice_url=service.base + "/voice")
        await control.send("DELETE", "/faults")
        await control.send("PUT", f"/phones/{OPERATOR}", auto_answer=1)
        yield control
        for call in (await control.send("GET", "/calls"))["calls"]:
            if not call["over"]:
                await control.http.post(f"/calls/{call['call_sid']}/hang-up")
                await control.kind(call["call_sid"], "end")
    await service.stop()


@pytest_asyncio.fixture
async def rest(carrier: Control) -> AsyncIterator[TwilioRest]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield TwilioRest(
            account_sid=ACCOUNT,
            auth_token=AUTH_TOKEN,
            api_base=carrier.base,
            documents=DocumentSettings(public_base=carrier.service.base),
            http=http,
            chance=lambda: 0.0,
        )
