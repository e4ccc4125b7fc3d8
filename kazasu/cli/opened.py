"""The stores, for a command that needs them: opened, used, closed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, readiness, sealing, stores
from kazasu.wiring.stores import Stores

T = TypeVar("T")
Work = Callable[[Settings, Tenant, Stores], Awaitable[int]]
NOT_REACHABLE = 3
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def with_stores(work: Work, given: Mapping[str, str] = _NONE) -> int:
    """Run `work` on this deployment's stores. 3 when the database is not ready for us.

    `given` are settings by their names that come before the environment's.
    """
    with complain():
        settings = load(**given)
        if problem := readiness.not_migrated(settings):
            say(problem)
            return NOT_REACHABLE
        return asyncio.run(_run(settings, work))
    return 2


async def _run(settings: Settings, work: Work) -> int:
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    try:
        return await work(settings, tenant, kept)
    finally:
        await kept.close()
