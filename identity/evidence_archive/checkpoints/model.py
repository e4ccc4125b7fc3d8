"""Checkpoints: the end of a chain, told to somebody outside who says when it was told.

Each names the one before together with its time-stamps. So a new time-stamp covers all earlier ones
too, and a chain of them can be believed after the certificates of the first have expired (RFC 4998
calls that renewal).
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import rfc8785

from identity.tenants.model import TenantId

BEFORE_THE_FIRST: Final = bytes(32)


class BadCheckpoint(Exception):
    """A text that is no checkpoint of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Rows `first` to `last` of a tenant's chain; `first` is `last` + 1 when there are none.

    `head` is the hash of row `last`, `root` the Merkle root over the rows' hashes, `previous` the
    digest of the checkpoint before with its stamps (`StampedCheckpoint.digest`).
    """

    tenant: TenantId
    number: int
    first: int
    last: int
    head: bytes
    root: bytes
    previous: bytes

    def canonical(self) -> bytes:
        """The text that is time-stamped: JSON by RFC 8785."""
        return rfc8785.dumps(
            {
                "v": 1,
                "tenant": self.tenant,
                "number": self.number,
                "first": self.first,
                "last": self.last,
                "head": self.head.hex(),
                "root": self.root.hex(),
                "previous": self.previous.hex(),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """An authority's answer (RFC 3161 TimeStampResp, DER) that was found to be good.

    `expires` is when its certificates stop speaking for it; `authority` the subject of the first.
    """

    response: bytes = field(repr=False)
    at: datetime
    expires: datetime
    authority: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedCheckpoint:
    """`responses` in the order of the authorities that answered; one at least."""

    checkpoint: Checkpoint
    responses: tuple[bytes, ...] = field(repr=False)

    def digest(self) -> bytes:
        """SHA-256 of the text and the responses, one behind the other as they are."""
        return hashlib.sha256(self.checkpoint.canonical() + b"".join(self.responses)).digest()


def read(body: bytes) -> Checkpoint:
    """BadCheckpoint for anything but the canonical text itself."""
    try:
        said = json.loads(body)
        found = Checkpoint(
            tenant=TenantId(str(said["tenant"])),
            number=int(said["number"]),
            first=int(said["first"]),
            last=int(said["last"]),
            head=bytes.fromhex(said["head"]),
            root=bytes.fromhex(said["root"]),
            previous=bytes.fromhex(said["previous"]),
        )
        same = found.canonical() == body
    except (ValueError, TypeError, KeyError, AttributeError) as bad:
        raise BadCheckpoint from bad
    if not same:
        raise BadCheckpoint
    return found
