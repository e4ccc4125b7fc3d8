"""Private columns: AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce each, bound to their place.

Sealed bytes: 1 (format) | length of the key id | key id | nonce (12) | ciphertext and tag.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = 1
NONCE = 12
PURPOSE = "kazasu stores column v1"
_ENCODED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
KeyFor: TypeAlias = Callable[[str], bytes]


class SealBroken(Exception):
    """Sealed bytes that do not open: wrong key, other place, or changed. Ours to look into."""


@lru_cache(maxsize=1024)
def _cipher(key: bytes, purpose: str) -> AESGCM:
    # The tenant's key also wraps content keys of evidence: columns get a key of their own from it.
    if len(key) != 32:
        raise ValueError("a sealing key has 32 bytes")
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key))


class Sealer:
    """Seals JSON objects for one place (table, column, row key) of one tenant.

    `key_for(tenant)` gives 32 bytes; a deployment key is a callable that ignores the tenant. Each
    ciphertext names its key: what was sealed under one of `older` (by key id) still opens.
    """

    def __init__(
        self, key_for: KeyFor, *, key_id: str = "1", older: Mapping[str, KeyFor] | None = None
    ) -> None:
        self._key_id = key_id.encode()
        self._keys: dict[bytes, KeyFor] = {
            name.encode(): key for name, key in (older or {}).items()
        }
        self._keys[self._key_id] = key_for

    @property
    def header(self) -> bytes:
        """What begins every text that is sealed now."""
        return _header(self._key_id)

    @property
    def older_headers(self) -> frozenset[bytes]:
        """Those of the other keys that still open."""
        return frozenset(_header(name) for name in self._keys) - {self.header}

    def seal(self, tenant: str, place: tuple[str, ...], content: Mapping[str, object]) -> bytes:
        return self.seal_bytes(tenant, place, _ENCODED(content).encode())

    def seal_bytes(self, tenant: str, place: tuple[str, ...], clear: bytes) -> bytes:
        """As `seal`, for what is in another form than JSON."""
        nonce = secrets.token_bytes(NONCE)
        cipher = _cipher(self._keys[self._key_id](tenant), PURPOSE)
        sealed = cipher.encrypt(nonce, clear, _bound(tenant, place))
        return self.header + nonce + sealed

    def unseal(self, tenant: str, place: tuple[str, ...], sealed: bytes) -> dict[str, object]:
        content: dict[str, object] = json.loads(self.unseal_bytes(tenant, place, sealed))
        return content

    def unseal_bytes(self, tenant: str, place: tuple[str, ...], sealed: bytes) -> bytes:
        """SealBroken."""
        key_id, rest = _opened(sealed)
        key_for = self._keys.get(key_id) if key_id is not None else None
        if key_for is None:
            raise SealBroken(f"{place[0]}.{place[1]} was sealed under another key id or format")
        nonce, body = rest[:NONCE], rest[NONCE:]
        try:
            cipher = _cipher(key_for(tenant), PURPOSE)
            return cipher.decrypt(nonce, body, _bound(tenant, place))
        except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
            raise SealBroken(f"{place[0]}.{place[1]} does not open") from None


def _header(key_id: bytes) -> bytes:
    return bytes((FORMAT, len(key_id))) + key_id


def _opened(sealed: bytes) -> tuple[bytes | None, bytes]:
    """The key id in front and what follows it; no key id in what is no sealed text of ours."""
    if len(sealed) < 2 or sealed[0] != FORMAT or len(sealed) < 2 + sealed[1]:
        return None, b""
    end = 2 + sealed[1]
    return sealed[2:end], sealed[end:]


def _bound(tenant: str, place: tuple[str, ...]) -> bytes:
    """As JSON writes a list of texts."""
    return f"[{', '.join(map(encode_basestring_ascii, (tenant, *place)))}]".encode()
