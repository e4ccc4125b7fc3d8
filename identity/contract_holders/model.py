"""Persons and the contracts they hold, as the tenant imported or enrolled them."""

from dataclasses import dataclass, field

from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One contract's holder. `person` is empty while enrolment is awaited.

    `display_name` and `phones` (E.164) are kept sealed; `phones` also as HMAC for comparing.
    """

    tenant: TenantId
    contract_ref: str
    display_name: str = field(repr=False)
    phones: tuple[str, ...] = field(repr=False)
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKey:
    """What identifies a card's key for linkage: issuer public key hash and serial. Never shown."""

    issuer_key_sha256: bytes = field(repr=False)
    serial: int = field(repr=False)
