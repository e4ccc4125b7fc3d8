"""Contents that still have their keys, holds over them, and the end of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from identity.evidence_archive.model import Kind, SealedRecord
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row with contents that can still be opened: their names. `retention` is its class."""

    seq: int
    id: str
    pairing: str
    kind: Kind
    at: datetime
    retention: str
    parts: tuple[str, ...]
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Contents of one pairing are kept until somebody releases them."""

    id: str
    pairing: str
    reason: str
    by: str
    since: datetime
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Keys of these contents of a row go, together with the row that says so."""

    of: Kept
    parts: tuple[str, ...]
    record: SealedRecord


class Contents(Protocol):
    async def kept(self, tenant: TenantId, after: int, *, at_most: int) -> Sequence[Kept]:
        """Rows behind a place whose contents still have keys, in the order of the chain."""
        ...

    async def one(self, tenant: TenantId, evidence_id: str) -> Kept | None: ...

    async def erase(self, tenant: TenantId, erasures: Sequence[Erasure]) -> int:
        """In one transaction, without those that are held by now; how many rows."""
        ...

    async def hold(self, tenant: TenantId, hold: Hold, record: SealedRecord) -> None: ...

    async def release(
        self, tenant: TenantId, hold_id: str, at: datetime, record: SealedRecord
    ) -> bool:
        """False when there is no such hold, or it was released before: nothing is written."""
        ...

    async def holds(self, tenant: TenantId) -> Sequence[Hold]:
        """Those that stand."""
        ...
