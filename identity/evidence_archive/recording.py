"""Makes evidence records: what was asserted, what was signed, what was found.

Headers hold short public words; everything that names a person, a card or a line is sealed. In
the `relying` role nothing of the card is kept: no signed attributes, signature, certificate, hash.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

import rfc8785

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.sealing import seal
from identity.evidence_archive.wrapping import TenantWrapping, WrappingKeys
from identity.tenants.model import Role, Tenant

STATEMENT = "statement"
CARD = "card"
RESULT = "result"
EVIDENCE_ID_BYTES = 16
_TENANTS_OWN: Final = TenantWrapping()


class Retention(Enum):
    """How long a record is kept is a setting per class; the class stands in the header."""

    AUTHENTICATION = "authentication"
    SIGNATURE = "signature"
    ACCESS = "access"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEvidence:
    """What a tap brought, DER and raw bytes. `issuer` and `signed_attributes` only when proven."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signed_attributes: bytes = field(default=b"", repr=False)
    issuer: bytes = field(default=b"", repr=False)


class Recorder:
    """`random` gives that many random bytes: for ids, content keys and nonces."""

    def __init__(self, random: Callable[[int], bytes], keys: WrappingKeys = _TENANTS_OWN) -> None:
        self._random = random
        self.keys = keys

    def record(
        self,
        tenant: Tenant,
        kind: Kind,
        *,
        at: datetime,
        header: Mapping[str, str],
        retention: Retention = Retention.AUTHENTICATION,
        statement: bytes | None = None,
        card: CardEvidence | None = None,
        result: Mapping[str, object] | None = None,
    ) -> SealedRecord:
        """One record. `result` is JSON of what was found out (person, contracts, revocation)."""
        parts: dict[str, bytes] = {}
        if statement is not None:
            parts[STATEMENT] = statement
        if card is not None and tenant.role is Role.ACCREDITED:
            parts[CARD] = _card(card)
        if result is not None:
            parts[RESULT] = rfc8785.dumps(dict(result))  # type: ignore[arg-type]  # plain JSON
        record_id = self._new_id()
        return SealedRecord(
            id=record_id,
            tenant=tenant.id,
            kind=kind,
            at=at,
            header={**header, "role": tenant.role.value, "retention": retention.value},
            parts=tuple(
                seal(tenant, record_id, name, plain, self._random, self.keys)
                for name, plain in parts.items()
            ),
        )

    def access(
        self,
        tenant: Tenant,
        kind: Kind,
        *,
        at: datetime,
        actor: str,
        reason: str,
        of: str,
        **more: str,
    ) -> SealedRecord:
        """A view, reveal, export, hold, release or erasure: who did what to which row, and why.
        Append it before showing or destroying anything.

        `actor` is an account name, `reason` a stable code, `of` a pairing or evidence id.
        """
        header = {"actor": actor, "reason": reason, "of": of, **more}
        return self.record(tenant, kind, at=at, header=header, retention=Retention.ACCESS)

    def _new_id(self) -> str:
        return (
            "ev_" + base64.urlsafe_b64encode(self._random(EVIDENCE_ID_BYTES)).rstrip(b"=").decode()
        )


def _card(card: CardEvidence) -> bytes:
    fields = {
        "certificate": card.certificate,
        "signature": card.signature,
        "signed_attributes": card.signed_attributes,
        "issuer": card.issuer,
    }
    return rfc8785.dumps(
        {name: base64.b64encode(data).decode() for name, data in fields.items() if data}
    )
