"""Why a card was not proven: the pairing's hint, and a finer stable code for the evidence row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from identity.jpki.anchors import Purpose
from identity.jpki.refusals import Code, Refusal
from identity.verification.model import RevocationState


class Hint(StrEnum):
    """The pairing words that verification can end with."""

    SIGNATURE_INVALID = "signature_invalid"
    CERTIFICATE_UNSUPPORTED = "certificate_unsupported"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"
    REVOCATION_UNAVAILABLE = "revocation_unavailable"


class RevocationCode(StrEnum):
    REVOKED = "revoked"
    UNKNOWN = "revocation_unknown"


_OTHER_HINTS: Final[Mapping[Code, Hint]] = {
    Code.CERTIFICATE_MALFORMED: Hint.SIGNATURE_INVALID,
    Code.CERTIFICATE_UNREADABLE: Hint.SIGNATURE_INVALID,
    Code.CERTIFICATE_BUDGET: Hint.SIGNATURE_INVALID,
    Code.SIGNATURE_LENGTH: Hint.SIGNATURE_INVALID,
    Code.SIGNATURE_MISMATCH: Hint.SIGNATURE_INVALID,
    Code.LEAF_EXPIRED: Hint.CERTIFICATE_EXPIRED,
    Code.LEAF_NOT_YET_VALID: Hint.CERTIFICATE_EXPIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A card that was not proven.

    `code` is a `jpki.refusals.Code` or a `RevocationCode`; `facts` may be shown to an operator.
    `purpose` is set once the certificate has said it.
    """

    hint: Hint
    code: str
    verified_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose | None = None
    revocation: RevocationState | None = None


def refused(refusal: Refusal, *, at: datetime, purpose: Purpose | None = None) -> Refused:
    """What a certificate or signature check found, in the pairing's words."""
    return Refused(
        hint=_OTHER_HINTS.get(refusal.code, Hint.CERTIFICATE_UNSUPPORTED),
        code=refusal.code,
        verified_at=at,
        facts=refusal.facts,
        purpose=purpose,
    )
