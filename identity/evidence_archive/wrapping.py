"""Who wraps the content keys of evidence: the tenant's key, or the newest key of a key file.

AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce in front. A hardware module would stand behind
the same port (PKCS #11: `CKM_AES_GCM` with `bound` as its additional data): nobody else ever sees a
wrapping key. It has to answer within a tap's time, as sealing waits for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.tenants.model import Tenant

_NONCE = 12


class NotOpened(Exception):
    """A part cannot be opened: wrong key, wrong place, changed bytes, or its key is destroyed."""


class WrappingKeys(Protocol):
    def current(self, tenant: Tenant) -> str:
        """The id of the key that wraps now: short, and never used again for another key."""
        ...

    def wrap(
        self, tenant: Tenant, content_key: bytes, bound: bytes, random: Callable[[int], bytes]
    ) -> tuple[str, bytes]:
        """The id of the key that wraps now, and the wrapped key, bound to its place."""
        ...

    def unwrap(self, tenant: Tenant, key_id: str, wrapped: bytes, bound: bytes) -> bytes:
        """The content key. NotOpened."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Keys by id, 32 bytes each; `current` wraps, the others only open. Empty: no key file."""

    current: str = ""
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)


class TenantWrapping:
    """`ring` is asked each time, so that a key file may change while the service runs. The key of
    SECRET_KEY always opens what it wrapped, and wraps as long as there is no other."""

    def __init__(self, ring: Callable[[], Ring] = Ring) -> None:
        self._ring = ring

    def current(self, tenant: Tenant) -> str:
        """The id of the key that wraps now."""
        return self._ring().current or tenant.keys.content_key_id

    def wrap(
        self, tenant: Tenant, content_key: bytes, bound: bytes, random: Callable[[int], bytes]
    ) -> tuple[str, bytes]:
        key_id = self.current(tenant)
        return key_id, encrypt(self._key(tenant, key_id), content_key, bound, random)

    def unwrap(self, tenant: Tenant, key_id: str, wrapped: bytes, bound: bytes) -> bytes:
        if not wrapped:
            raise NotOpened("its content key is destroyed")
        return decrypt(self._key(tenant, key_id), wrapped, bound)

    def _key(self, tenant: Tenant, key_id: str) -> bytes:
        if key_id == tenant.keys.content_key_id:
            return tenant.keys.content
        master = self._ring().keys.get(key_id)
        if master is None:
            raise NotOpened(f"unknown key id {key_id}")
        return HKDF(SHA256(), 32, salt=None, info=_words("wrap", tenant.id)).derive(master)


def encrypt(key: bytes, plain: bytes, bound: bytes, random: Callable[[int], bytes]) -> bytes:
    nonce = random(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """NotOpened."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError) as wrong:
        raise NotOpened("the part does not open") from wrong


def bound_to(layer: str, tenant: Tenant, record_id: str, name: str) -> bytes:
    """What ties a ciphertext to tenant, record and part: it opens nowhere else."""
    return _words(layer, tenant.id, record_id, name)


def _words(*words: str) -> bytes:
    told = ("kazasu-evidence-1", *words)
    return b"".join(len(w.encode()).to_bytes(2, "big") + w.encode() for w in told)
