"""What checkpoints are made of and where they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from identity.evidence_archive.checkpoints.model import Checkpoint, Stamp, StampedCheckpoint
from identity.tenants.model import TenantId


class NotStamped(Exception):
    """No time-stamp for now: the authority is away, or its answer is not good. Holds a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TimeStamping(Protocol):
    """One time-stamp authority."""

    async def stamp(self, data: bytes) -> Stamp:
        """Ask, check the answer (nonce, imprint, policy, pinned roots) and give it. NotStamped."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstamped:
    """Rows behind a place: how many, and when the first of them was recorded (None: none)."""

    rows: int
    oldest: datetime | None


class ChainEnd(Protocol):
    async def behind(self, tenant: TenantId, seq: int, *, at_most: int) -> Unstamped:
        """Counted up to `at_most`."""
        ...

    async def hashes(self, tenant: TenantId, first: int, *, at_most: int) -> Sequence[bytes]:
        """Of the rows from `first` on, in their order."""
        ...


class Checkpoints(Protocol):
    """Append-only, numbered from 1 without a gap."""

    async def last(self, tenant: TenantId) -> StampedCheckpoint | None: ...

    async def append(self, stamped: StampedCheckpoint) -> bool:
        """False when another process has appended this number already."""
        ...

    async def numbers_from(
        self, tenant: TenantId, number: int, *, at_most: int
    ) -> Sequence[StampedCheckpoint]:
        """BadCheckpoint when a kept text is none."""
        ...

    async def covering(self, tenant: TenantId, seq: int) -> StampedCheckpoint | None:
        """The one with the row, None while it is not stamped."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What the second place holds of a checkpoint: all of it, and the hashes under its root."""

    checkpoint: Checkpoint
    responses: tuple[bytes, ...]
    hashes: tuple[bytes, ...]


class SecondPlace(Protocol):
    """Where copies lie out of reach of whoever administers the database. Nothing is overwritten."""

    async def last(self, tenant: TenantId) -> int:
        """The highest number there is, 0 for none. OSError when the place cannot be reached."""
        ...

    async def put(self, copy: Copy) -> None:
        """OSError; also FileExistsError when there is another one of this number."""
        ...

    async def get(self, tenant: TenantId, number: int) -> Copy | None:
        """BadCheckpoint when what lies there cannot be read. OSError."""
        ...
