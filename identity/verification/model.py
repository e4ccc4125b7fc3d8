"""What goes into verification and what comes out of it."""

from dataclasses import InitVar, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from identity.jpki.anchors import Purpose
from identity.jpki.attributes import Attributes
from identity.jpki.profile import CardKind
from identity.jpki.signed_attributes import StatementType

# Held by `service` alone, which makes a ProvenCard where all steps have passed.
_ALL_STEPS_PASSED: Final = object()


class RevocationStatus(StrEnum):
    """Only good is good."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationState:
    """What a source answered. `reason` is the RFC 5280 name where a revocation gives one, `why` a
    stable word for not knowing; `method` names the kind of source (`crl`), `source_updated_at`
    how old its data are."""

    status: RevocationStatus
    method: str
    checked_at: datetime
    source_updated_at: datetime | None = None
    reason: str | None = None
    why: str | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageKey:
    """Identity of a certificate: the issuer's public key (SHA-256) and the serial under it."""

    issuer_key_sha256: bytes = field(repr=False)
    serial: int = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenCard:
    """A card that passed every step. Only `verification/service` can make one.

    `attributes` are present for signature certificates. `issuer_certificate` is the pinned root
    (DER). `distribution_points` are for asking about revocation again (`ports.RevocationSubject`).
    """

    purpose: Purpose
    card_kind: CardKind
    certificate: bytes = field(repr=False)
    issuer_certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    statement_type: StatementType
    linkage_key: LinkageKey = field(repr=False)
    distribution_points: frozenset[bytes] = field(repr=False)
    revocation: RevocationState
    verified_at: datetime
    attributes: Attributes | None = field(repr=False)
    # Not kept on the value: `dataclasses.replace` cannot make another one out of it.
    passed: InitVar[object]

    def __post_init__(self, passed: object) -> None:
        if passed is not _ALL_STEPS_PASSED:
            raise TypeError("a ProvenCard comes from verification only")
