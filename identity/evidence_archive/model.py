"""Evidence: append-only rows, chained per tenant over headers and the hash of sealed content.

The chain can be recomputed without any key, also after a content key is destroyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from identity.tenants.model import TenantId


class Kind(Enum):
    VERDICT = "verdict"
    PROOF = "proof"
    """A good card before its call: no verdict."""
    OPERATOR_CHECK = "operator_check"
    """An operator began a check, and why."""
    REFUSAL = "refusal"
    LATE_PROOF = "late_proof"
    REPUDIATION = "repudiation"
    RECHECK = "recheck"
    """The certificate behind a live verdict was asked about again, and there was something new."""
    VIEW = "view"
    REVEAL = "reveal"
    EXPORT = "export"
    HOLD = "hold"
    """Somebody ordered that contents be kept beyond their time, and why."""
    RELEASE = "release"
    ENROLMENT = "enrolment"
    """A card was to be tied to a contract, or somebody tied a person to it; and what came of it."""
    CARD_RELEASE = "card_release"
    """Two people lifted the hold of a card whose holder had said "that wasn't me"."""
    ERASURE = "erasure"
    """Content keys of a row were destroyed: of which, by which rule or whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """One encrypted part (statement, certificate, ...), under a content key of its own.

    `key_id` names the key that wrapped the content key first; `wrapped_under` the one that wraps
    it now, where that is another. `wrapped_key` is empty once the key is destroyed. `commitment` is
    SHA-256 of salt and plain bytes (`sealing.salt`): it ties what is shown to what is chained.
    """

    name: str
    key_id: str
    wrapped_key: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    commitment: bytes = field(default=b"", repr=False)
    wrapped_under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A row before it has its place in the chain.

    `header` holds short public facts as text (pairing id, status, hint, levels, policy, revocation
    status, retention class, ...): never a name, number, serial, key or hash of a certificate.
    """

    id: str
    tenant: TenantId
    kind: Kind
    at: datetime
    header: Mapping[str, str]
    parts: tuple[SealedPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A record with its place: `seq` from 1 per tenant, `hash` over the canonical header chain."""

    record: SealedRecord
    seq: int
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The last row of a tenant's chain; seq 0 and 32 zero bytes before the first row."""

    seq: int = 0
    hash: bytes = bytes(32)
