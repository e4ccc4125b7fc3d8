"""All keys from one 32-byte master key, by HKDF-SHA-256 (RFC 5869), one per use and tenant.

The info string names version, use and tenant, each length-prefixed, so that no two uses can meet.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.tenants.model import DeploymentKeys, TenantId, TenantKeys


def _derive(master: bytes, use: str, tenant: str = "") -> bytes:
    if len(master) != 32:
        raise ValueError("the master key must be 32 bytes")
    words = ("kazasu-keys-1", use, tenant)
    info = b"".join(len(w.encode()).to_bytes(2, "big") + w.encode() for w in words)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)


def deployment_keys(master: bytes) -> DeploymentKeys:
    """Raises ValueError when the master key is not 32 bytes."""
    return DeploymentKeys(locator=_derive(master, "locator"), code=_derive(master, "code"))


def tenant_keys(master: bytes, tenant: TenantId) -> TenantKeys:
    """Raises ValueError when the master key is not 32 bytes or the tenant has no name."""
    if not tenant:
        raise ValueError("a tenant needs an id")
    return TenantKeys(
        call_ref=_derive(master, "call_ref", tenant),
        person=_derive(master, "person", tenant),
        phone=_derive(master, "phone", tenant),
        content=_derive(master, "content", tenant),
    )
