from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kazasu.cli.twilio.place import Place
from tests.kazasu.deployment import copied
from tests.kazasu.running import running
from tests.stand_ins.carrier.control import ACCOUNT, LINE, CarrierProcess
from tests.stand_ins.carrier.service import AUTH_TOKEN


@pytest.fixture(scope="session")
def _running(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    twilio = CarrierProcess.start(tmp_path_factory.mktemp("carrier"), "--speed", "50")
    here = copied(template, tmp_path_factory.mktemp("deployment") / "here")
    here.variables.update(
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_API_BASE=f"http://127.0.0.1:{twilio.port}",
        TWILIO_NUMBER=LINE,
    )
    with running(here, "serve"), running(here, "fallback", "--port", "0") as fallback:
        here.variables["KAZASU_FALLBACK_URL"] = f"{fallback.base}/"
        yield Place(deployment=here, carrier=twilio, fallback=f"{fallback.base}/")
    assert twilio.stop() == 0


@pytest.fixture
def place(_running: Place, tmp_path: Path) -> Place:
    """The number as it was before anybody set it up, and nothing kept."""
    _running.serve()
    data = {"KAZASU_DATA_DIR": str(tmp_path / "data")}
    variables = {**_running.deployment.variables, **data}
    return replace(_running, deployment=replace(_running.deployment, variables=variables))
