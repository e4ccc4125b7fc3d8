"""Which call a log line is about: bound once the call is known, for the rest of the request.

Rooms log without naming the call each time; a webhook, a tap and a delivery all carry `call_ref`.
"""

from collections.abc import Callable

import structlog

from identity.pairing.model import InstallationId, Pairing, PairingId
from stores.sql.pairings.store import SqlPairings


def of_the_call(ref_of: Callable[[str], str]) -> Callable[[str], str]:
    """As `ref_of`, for webhooks."""

    def bound(carrier_call_id: str) -> str:
        ref = ref_of(carrier_call_id)
        _bind(ref)
        return ref

    return bound


class CorrelatedPairings(SqlPairings):
    """As `SqlPairings`, for what apps ask about."""

    async def claimed(self, installation: InstallationId, pairing: PairingId) -> Pairing | None:
        return _of(await super().claimed(installation, pairing))

    async def by_locator(self, locator_hash: bytes) -> Pairing | None:
        return _of(await super().by_locator(locator_hash))


def _of(found: Pairing | None) -> Pairing | None:
    if found is not None:
        _bind(found.call_ref)
    return found


def _bind(call_ref: str) -> None:
    structlog.contextvars.bind_contextvars(call_ref=call_ref)
