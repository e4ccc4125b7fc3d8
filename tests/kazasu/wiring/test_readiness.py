"""What keeps the service from being ready, each with its code."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.pairing.policy import PairingPolicy
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, readiness, sealing, stores
from tests.kazasu.deployment import Deployment, refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    problems: Callable[[], Awaitable[Sequence[str]]]
    stopping: asyncio.Event


async def _checked(there: Deployment, **changes: Any) -> AsyncIterator[Checked]:
    settings = load(**{**there.variables, **changes})
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    identity = identity_side.build(settings, tenant, kept, policy=PairingPolicy())
    stopping = asyncio.Event()
    library = flows.library(settings, tenant, kept)
    yield Checked(problems=readiness.checks(library, kept, identity, stopping), stopping=stopping)
    await kept.close()


@pytest.fixture
async def good(deployment: Deployment) -> AsyncIterator[Checked]:
    async for checked in _checked(deployment):
        yield checked


@pytest.fixture
async def without_a_database(deployment: Deployment) -> AsyncIterator[Checked]:
    async for checked in _checked(deployment, DATABASE_URL="postgresql://k:k@127.0.0.1:1/k"):
        yield checked


async def test_nothing_keeps_a_good_one(good: Checked) -> None:
    assert await good.problems() == []


async def test_a_stop_is_the_first_reason(good: Checked) -> None:
    good.stopping.set()
    assert await good.problems() == ["stopping"]


async def test_without_a_database_nothing_else_is_asked(without_a_database: Checked) -> None:
    assert await without_a_database.problems() == ["database_unreachable"]


async def test_a_flow_that_never_read(deployment: Deployment, good: Checked) -> None:
    (deployment.flows / "site.yaml").write_text("schema: [", encoding="utf-8")
    assert await good.problems() == ["no_readable_flow"]


async def test_lists_of_yesterday_tell_nothing(deployment: Deployment, good: Checked) -> None:
    refresh(deployment.folder / "pki", datetime.now(UTC) - timedelta(days=3))
    assert await good.problems() == [
        "no_fresh_revocation_list_auth",
        "no_fresh_revocation_list_sign",
    ]
