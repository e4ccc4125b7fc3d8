"""One deployment of two processes for all that happens to it here."""

import asyncio
from collections.abc import Iterator

import pytest

from tests import postgres
from tests.journeys.processes.deployment import Deployment, build
from tests.redis_server import redis_server


@pytest.fixture(scope="package")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("two")
    with postgres.cluster() as cluster, redis_server() as redis:
        deployment = asyncio.run(build(folder, cluster.database(), redis))
        try:
            yield deployment
        finally:
            deployment.stop()
