"""Envelope encryption of evidence parts: AES-256-GCM, one content key a part (NIST SP 800-38D).

The content key is wrapped by the tenant's key (`wrapping`); destroying it makes the part unreadable
for good, while the chain still holds. Both layers are bound to tenant, record and part, so that no
part can be moved to another place.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from identity.evidence_archive.model import SealedPart
from identity.evidence_archive.wrapping import (
    NotOpened,
    TenantWrapping,
    WrappingKeys,
    bound_to,
    decrypt,
    encrypt,
)
from identity.tenants.model import Tenant

_KEY = 32
_SALT: Final = b"kazasu-evidence-salt-1"
_TENANTS_OWN: Final = TenantWrapping()


def seal(
    tenant: Tenant,
    record_id: str,
    name: str,
    plain: bytes,
    random: Callable[[int], bytes],
    keys: WrappingKeys = _TENANTS_OWN,
) -> SealedPart:
    content_key = random(_KEY)
    key_id, wrapped = keys.wrap(
        tenant, content_key, bound_to("key", tenant, record_id, name), random
    )
    return SealedPart(
        name=name,
        key_id=key_id,
        wrapped_key=wrapped,
        sealed=encrypt(content_key, plain, bound_to("part", tenant, record_id, name), random),
        commitment=hashlib.sha256(salt(content_key) + plain).digest(),
    )


def salt(content_key: bytes) -> bytes:
    """32 bytes that an export shows beside a content, in place of its key. They are as hard to
    guess as the key, so a commitment says nothing once that is destroyed."""
    return hashlib.sha256(_SALT + content_key).digest()


def content_key(
    tenant: Tenant, record_id: str, part: SealedPart, keys: WrappingKeys = _TENANTS_OWN
) -> bytes:
    """NotOpened."""
    bound = bound_to("key", tenant, record_id, part.name)
    return keys.unwrap(tenant, part.wrapped_under or part.key_id, part.wrapped_key, bound)


def open_part(
    tenant: Tenant, record_id: str, part: SealedPart, keys: WrappingKeys = _TENANTS_OWN
) -> bytes:
    """The plain bytes. NotOpened, also when they are not those that were committed to."""
    key = content_key(tenant, record_id, part, keys)
    plain = decrypt(key, part.sealed, bound_to("part", tenant, record_id, part.name))
    if part.commitment and hashlib.sha256(salt(key) + plain).digest() != part.commitment:
        raise NotOpened("the part is not what was committed to")
    return plain


def open_all(
    tenant: Tenant,
    record_id: str,
    parts: tuple[SealedPart, ...],
    keys: WrappingKeys = _TENANTS_OWN,
) -> Mapping[str, bytes]:
    """All parts by name, without those whose key is destroyed. NotOpened."""
    return {
        part.name: open_part(tenant, record_id, part, keys) for part in parts if part.wrapped_key
    }
