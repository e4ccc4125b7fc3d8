"""What a check reads: the archive as it lies there, in the order of the chain."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from identity.evidence_archive.model import EvidenceRow
from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A content whose key is gone: of which row, and its name."""

    seq: int
    row: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A row that erases what a hold, which nobody had released, was to keep."""

    seq: int
    row: str
    hold: str


class Walking(Protocol):
    def pages(self, tenant: TenantId, after: int) -> AsyncIterator[Sequence[EvidenceRow]]:
        """Rows behind a place, without their wrapped keys. ValueError for a row that no row of
        ours can be."""
        ...

    async def last_seq(self, tenant: TenantId) -> int: ...

    async def head_seq(self, tenant: TenantId) -> int:
        """Where the next row would be put behind."""
        ...

    async def lost(self, tenant: TenantId, upto: int) -> Lost | None:
        """The first content up to a place that has no key any more though no row of the archive
        says that it was erased."""
        ...

    async def broken(self, tenant: TenantId, upto: int) -> Broken | None:
        """The first erasure up to a place of something that was held, as the rows themselves say:
        the table of holds may have been changed."""
        ...
