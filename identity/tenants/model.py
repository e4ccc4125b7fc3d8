"""Who we work for: one tenant is one business, with its own keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

TenantId = NewType("TenantId", str)


class Role(Enum):
    """Legal role of the deployment for this tenant; decides what evidence may hold."""

    ACCREDITED = "accredited"
    RELYING = "relying"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantKeys:
    """32-byte keys, one per use, never shared between uses. Never printed."""

    call_ref: bytes = field(repr=False)
    person: bytes = field(repr=False)
    phone: bytes = field(repr=False)
    content: bytes = field(repr=False)
    """Wraps the content keys of evidence, and seals the private columns of other rows."""
    content_key_id: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentKeys:
    """32-byte keys of the whole deployment: a code must lead to a call before the tenant is known.

    `locator` hashes spoken codes for the store, `code` derives them (see `pairing.locators`).
    """

    locator: bytes = field(repr=False)
    code: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """`published_number` is E.164; `shown_number` the same as people write it (03-1234-5678)."""

    id: TenantId
    name: str
    logo: str
    published_number: str
    shown_number: str
    role: Role
    keys: TenantKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What an app may ask for before it calls a number: whose it is, and for which purposes.

    `purposes` maps a purpose's name to the words shown (at most 60 characters).
    """

    tenant: TenantId
    purposes: Mapping[str, str]
