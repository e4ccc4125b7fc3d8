"""Which checks a call had, for commands that are told the call."""

from collections.abc import Sequence

from identity.pairing.model import CallRef, PairingId
from identity.tenants.model import Tenant
from kazasu.wiring.stores import Stores


async def checks_of_call(tenant: Tenant, kept: Stores, named: str) -> Sequence[PairingId]:
    """`named` is the call's reference, which the console shows nobody, or the id of any record of
    it. A check without a call (at a desk, an enrolment) stands alone. Empty: neither is known."""
    by_reference = await _ids(tenant, kept, CallRef(named)) if named else []
    if by_reference:
        return by_reference
    row = await kept.evidence.by_id(tenant.id, named)
    check = PairingId(row.record.header.get("pairing", "")) if row is not None else PairingId("")
    found = await kept.pairings.by_id(tenant.id, check) if check else None
    if found is None or not found.call_ref:
        return [check] if check else []
    return await _ids(tenant, kept, found.call_ref)


async def _ids(tenant: Tenant, kept: Stores, call: CallRef) -> Sequence[PairingId]:
    return [one.id for one in await kept.pairings.by_call(tenant.id, call)]
