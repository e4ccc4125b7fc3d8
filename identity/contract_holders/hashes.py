"""Keyed hashes under which persons and lines are found without keeping serials or numbers.

HMAC-SHA-256 under a key of the tenant; every part is length-prefixed, so that no two lists of
parts can give the same input.
"""

import base64
import hmac
from typing import Final

from identity.tenants.model import Tenant
from identity.verification.model import LinkageKey

PROVISIONAL: Final = "u-"
"""How ids of unknown cards begin. No enrolled person's id may begin so."""


def card_hash(tenant: Tenant, key: LinkageKey) -> bytes:
    """32 bytes: what the linkage table knows of a certificate."""
    serial = key.serial.to_bytes((key.serial.bit_length() + 7) // 8 or 1, "big")
    return _hmac(tenant.keys.person, b"card", tenant.id.encode(), key.issuer_key_sha256, serial)


def provisional_person(tenant: Tenant, card: bytes) -> str:
    """A stand-in person id for a card that no linkage row knows: "u-" and 128 bits, base64url."""
    mark = _hmac(tenant.keys.person, b"provisional person", tenant.id.encode(), card)[:16]
    return PROVISIONAL + base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


def phone_hash(tenant: Tenant, number: str) -> bytes:
    """32 bytes for a number in E.164."""
    return _hmac(tenant.keys.phone, b"phone", tenant.id.encode(), number.encode())


def _hmac(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"".join(len(p).to_bytes(4, "big") + p for p in parts), "sha256")
