import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

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


@pytest.fixture
def hooks() -> Iterator[None]:
    """What `logs.set_up_process` changes is put back."""
    root, ours = logging.getLogger(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    before = (root.handlers[:], root.level)
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = ours
    root.handlers[:], root.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
