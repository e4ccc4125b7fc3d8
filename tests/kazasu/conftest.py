import os
from pathlib import Path

import pytest

from tests.journeys.resilience.programs import without_settings
from tests.kazasu.deployment import Deployment, copied, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployment")
    make_template(folder)
    return folder


@pytest.fixture
def deployment(template: Path, tmp_path: Path) -> Deployment:
    """A good one of the demo profile, of this test's own."""
    return copied(template, tmp_path / "here")


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(without_settings()):
        monkeypatch.delenv(name)
