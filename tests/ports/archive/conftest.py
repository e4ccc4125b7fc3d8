"""Each test over SQLite and over PostgreSQL, with an authority of its own session."""

from pathlib import Path

import pytest

from stand_ins.time_stamps.authority import Authority
from tests.ports.archive.stamped import Asked, Stamped, an_authority
from tests.ports.stage import Stage


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def stamped(stage: Stage, authority: Authority, tmp_path: Path) -> Stamped:
    return Stamped(stage=stage, second=tmp_path / "second", asked=[Asked(authority=authority)])
