"""What a check of a whole archive finds, and where it stands in between."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from identity.evidence_archive.model import ChainHead


class Fault(Enum):
    """Why the archive does not hold."""

    CHAIN = "chain"
    """A row does not fit behind the one before, or is not what its hash says."""
    ROWS_GONE = "rows_gone"
    """Rows that were time-stamped are no longer there."""
    NOT_AS_STAMPED = "not_as_stamped"
    """The chain is whole in itself and is not the one that was time-stamped."""
    NOT_AS_COPIED = "not_as_copied"
    """The second place holds another checkpoint of this number."""
    CHECKPOINT = "checkpoint"
    """A checkpoint cannot be read, or does not stand behind the one before."""
    CHECKPOINTS_GONE = "checkpoints_gone"
    """The second place holds later checkpoints than the database."""
    STAMP = "stamp"
    """No time-stamp of a checkpoint is good."""
    COPY = "copy"
    """A copy cannot be read, or was changed."""
    COPY_GONE = "copy_gone"
    """The second place holds later checkpoints, and no longer this one."""
    HEAD = "head"
    """The database itself still says that there were more rows."""
    HOLD_BROKEN = "hold_broken"
    """Contents were erased though the archive says that they were held."""
    CONTENT_GONE = "content_gone"
    """The key of a content was destroyed and no row says by whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first thing that is wrong. `seq` is the first row that is not proven by it; `row` its id
    where it has one, `checkpoint` a number or 0."""

    fault: Fault
    seq: int
    row: str = ""
    checkpoint: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a check has come, enough to go on from there.

    `since` are the hashes of rows behind the last checkpoint. `unrenewed` is the number of the last
    checkpoint whose stamps had expired before the next was made (0: none).
    """

    head: ChainHead = field(default_factory=ChainHead)
    checkpoint: int = 0
    stamped_to: int = 0
    digest: bytes = bytes(32)
    since: tuple[bytes, ...] = field(default=(), repr=False)
    stamped_at: datetime | None = None
    expires: datetime | None = None
    unrenewed: int = 0
    copies: int = 0
    longest_wait: float = 0.0

    def at(self, **changes: object) -> "Place":
        return replace(self, **changes)  # type: ignore[arg-type]  # the fields' own names


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`place` is where the check ended."""

    place: Place
    finding: Finding | None = None
    expired: bool = False
    """The last stamps had expired at the time asked about, and nothing had renewed them."""
    second_place: bool = True
