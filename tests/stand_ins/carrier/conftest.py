from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pytest_asyncio import is_async_test

from tests.stand_ins.carrier.control import (
    OPERATOR,
    SILENT_PHONE,
    CarrierProcess,
    Control,
)
from tests.stand_ins.carrier.service import Service

ORIGIN = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def carrier_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    folder = tmp_path_factory.mktemp("carrier")
    carrier = CarrierProcess.start(folder, "--speed", "50", "--origin", ORIGIN, "--phone", OPERATOR)
    yield carrier
    assert carrier.stop() == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for this folder, so that one service and one carrier serve all its tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service() -> AsyncIterator[Service]:
    service = Service()
    await service.start()
    yield service
    await service.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def carrier(carrier_process: CarrierProcess, service: Service) -> AsyncIterator[Control]:
    control = Control(carrier_process, service)
    async with control.http:
        calls = (await control.send("GET", "/calls"))["calls"]
        service.forget(frozenset(call["call_sid"] for call in calls))
        await control.serve(voice_url=service.base + "/voice")
        await control.send("DELETE", "/faults")
        await control.send("PUT", f"/phones/{OPERATOR}", auto_answer=1)
        await control.send("PUT", f"/phones/{SILENT_PHONE}", auto_answer=None)
        yield control
        for call in (await control.send("GET", "/calls"))["calls"]:
            if not call["over"]:
                await control.http.post(f"/calls/{call['call_sid']}/hang-up")
                await control.kind(call["call_sid"], "end")
        assert await _busy(control) == []
    webhooks = [r for r in service.received if r.token]
    assert [r for r in webhooks if not r.signed] == []


async def _busy(control: Control) -> list[str]:
    phones = (await control.send("GET", "/phones"))["phones"]
    return [phone["number"] for phone in phones if phone["state"] != "idle"]
