"""The port `LiveVerdicts` over the pairings in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

from identity.pairing.model import CallRef, PersonId
from identity.pairing.ports import LiveVerdict
from identity.tenants.model import TenantId
from tests.identity.pairing.memory_pairings import MemoryPairings


class MemoryLiveVerdicts:
    def __init__(self, pairings: MemoryPairings, clock: Callable[[], datetime]) -> None:
        self._pairings = pairings
        self._clock = clock

    async def of_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[LiveVerdict]:
        return [one for one, ref in self._all(tenant) if ref == call_ref]

    async def after(
        self, tenant: TenantId, person: PersonId, *, at_most: int
    ) -> Sequence[LiveVerdict]:
        return [one for one, _ in self._all(tenant) if one.person > person][:at_most]

    def _all(self, tenant: TenantId) -> list[tuple[LiveVerdict, CallRef]]:
        found = []
        for (of, person), (pairing, ref, until) in sorted(self._pairings.live.items()):
            if of == tenant and until > self._clock():
                recheck = self._pairings.rows[pairing].recheck
                one = LiveVerdict(
                    pairing=pairing,
                    person=person,
                    certificate=self._pairings.certificates.get(pairing),
                    said=recheck.revocation.status if recheck else "",
                )
                found.append((one, ref))
        return found
