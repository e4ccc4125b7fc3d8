"""Envelope encryption of evidence parts: AES-256-GCM, one content key a part (NIST SP 800-38D).

Nonces are 96 random bits, in front of the ciphertext. The content key is wrapped by the tenant's
key; destroying it makes the part unreadable for good, while the chain still holds. Both layers are
bound to tenant, record and part, so that no part can be moved to another place.
"""

from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identity.evidence_archive.model import SealedPart
from identity.tenants.model import Tenant

_NONCE = 12
_KEY = 32


class NotOpened(Exception):
    """A part cannot be opened: wrong key, wrong place, or changed bytes."""


def seal(
    tenant: Tenant, record_id: str, name: str, plain: bytes, random: Callable[[int], bytes]
) -> SealedPart:
    content_key = random(_KEY)
    return SealedPart(
        name=name,
        key_id=tenant.keys.content_key_id,
        wrapped_key=_encrypt(
            tenant.keys.content, content_key, _bound("key", tenant, record_id, name), random
        ),
        sealed=_encrypt(content_key, plain, _bound("part", tenant, record_id, name), random),
    )


def open_part(tenant: Tenant, record_id: str, part: SealedPart) -> bytes:
    """The plain bytes. NotOpened."""
    if part.key_id != tenant.keys.content_key_id:
        raise NotOpened(f"unknown key id {part.key_id}")
    content_key = _decrypt(
        tenant.keys.content, part.wrapped_key, _bound("key", tenant, record_id, part.name)
    )
    return _decrypt(content_key, part.sealed, _bound("part", tenant, record_id, part.name))


def open_all(tenant: Tenant, record_id: str, parts: tuple[SealedPart, ...]) -> Mapping[str, bytes]:
    """All parts by name. NotOpened."""
    return {part.name: open_part(tenant, record_id, part) for part in parts}


def _bound(layer: str, tenant: Tenant, record_id: str, name: str) -> bytes:
    words = ("kazasu-evidence-1", layer, tenant.id, record_id, name)
    return b"".join(len(w.encode()).to_bytes(2, "big") + w.encode() for w in words)


def _encrypt(key: bytes, plain: bytes, bound: bytes, random: Callable[[int], bytes]) -> bytes:
    nonce = random(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError) as wrong:
        raise NotOpened("the part does not open") from wrong
