from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from kazasu.wiring.service import Service
from tests.ivr.live_calls.over_the_wire.talk import Talk, a_service
from tests.ivr.live_calls.stage import SHIPPED, Stage, a_stage
from tests.stand_ins.carrier.control import OPERATOR, CarrierProcess, Control
from tests.stand_ins.carrier.service import Service as Scripts


@pytest_asyncio.fixture
async def shipped(tmp_path: Path) -> AsyncIterator[Stage]:
    """With the flows that the product comes with."""
    async with a_stage(tmp_path, flows_dir=SHIPPED) as made:
        yield made


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def carrier_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    folder = tmp_path_factory.mktemp("carrier")
    carrier = CarrierProcess.start(folder, "--speed", "20", "--phone", OPERATOR)
    yield carrier
    assert carrier.stop() == 0


@pytest_asyncio.fixture
async def service(tmp_path: Path, carrier_process: CarrierProcess) -> AsyncIterator[Service]:
    async with a_service(tmp_path, carrier_process.port) as made:
        yield made


@pytest_asyncio.fixture
async def carrier(service: Service, carrier_process: CarrierProcess) -> AsyncIterator[Control]:
    """The simulated carrier, whose number is the service's."""
    control = Control(carrier_process, Scripts())
    door = f"{service.phone.door._documents.public_base}/carriers/twilio"  # its own word
    async with control.http:
        await control.serve(voice_url=f"{door}/voice", status_callback=f"{door}/status")
        yield control


@pytest_asyncio.fixture
async def talk(service: Service, carrier: Control) -> Talk:
    return Talk(stage=service, carrier=carrier, sid=await carrier.call())
