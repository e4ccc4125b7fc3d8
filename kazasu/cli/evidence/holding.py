"""`kazasu evidence hold|release|holds|erase`."""

import getpass
import secrets
from typing import Final

from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.retention.service import Outcome, Retention
from identity.tenants.model import Tenant
from kazasu.cli.evidence.of_call import checks_of_call
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keeping
from kazasu.wiring.stores import Stores
from stores.sql.archive.contents import SqlContents

_ERASED: Final = {
    Outcome.HELD: "is held: release it first",
    Outcome.NOTHING: "has no contents that can be opened",
}


def hold(*, call: str, reason: str) -> int:
    """1 when there is no check in such a call."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        found = await checks_of_call(tenant, kept, call)
        if not found:
            say(f"{call}: no check in such a call")
            return 1
        retention = _retention(settings, kept)
        for check in found:
            made = await retention.hold(tenant, check, actor=_actor(), reason=reason)
            print(made.id)
        return 0

    return with_stores(work)


def release(*, hold_id: str, reason: str) -> int:
    """1 when there is no such hold."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        retention = _retention(settings, kept)
        if await retention.release(tenant, hold_id, actor=_actor(), reason=reason):
            return 0
        say(f"{hold_id}: no such hold stands")
        return 1

    return with_stores(work)


def holds() -> int:
    async def work(_settings: Settings, tenant: Tenant, kept: Stores) -> int:
        for one in await SqlContents(kept.database).holds(tenant.id):
            print(f"{one.id}  {one.since.isoformat()}  {one.by}  {one.reason}")
        return 0

    return with_stores(work)


def erase(*, evidence_id: str, reason: str) -> int:
    """1 when it is held, or has nothing to erase."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        outcome = await _retention(settings, kept).erase(
            tenant, evidence_id, actor=_actor(), reason=reason
        )
        if outcome is Outcome.DONE:
            return 0
        say(f"{evidence_id}: {_ERASED[outcome]}")
        return 1

    return with_stores(work)


def _retention(settings: Settings, kept: Stores) -> Retention:
    recorder = Recorder(secrets.token_bytes)
    return keeping.retention(settings, kept.database, recorder, identity_side.clock)


def _actor() -> str:
    return f"command:{getpass.getuser()}"
