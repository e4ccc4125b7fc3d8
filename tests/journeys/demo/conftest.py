"""One demo for all journeys here; after the last one it is asked to stop."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.journeys.demo import running
from tests.journeys.demo.running import Demo


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    started = running.start(tmp_path_factory.mktemp("demo"))
    try:
        yield started
    finally:
        if started.process.poll() is None:
            assert started.stop() == 0
        if started.process.stdout is not None:
            started.process.stdout.close()


@pytest.fixture
def own_demo(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Beside the other one, for a test that stops it itself."""
    folder = tmp_path_factory.mktemp("own-demo")
    started = running.start(folder, certificates=demo.place.pki)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.terminate()
            try:
                started.process.wait(running.STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                started.process.kill()
                started.process.wait()
        if started.process.stdout is not None:
            started.process.stdout.close()
