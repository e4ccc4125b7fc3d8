"""What private columns and live sessions are sealed with, and what still opens them.

Without keys of their own both are sealed under keys of `SECRET_KEY` (key id 1), which stay known
whatever is set: a sealing key can be set at any time, and be replaced by another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from identity.tenants.model import Tenant
from kazasu.settings.model import Settings
from stores.sql.sealing import KeyFor, Sealer

_FIRST: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKeys:
    """`master` is SECRET_KEY; `own` seals when there is one; `read` only opens."""

    master: bytes = field(repr=False)
    own: bytes | None = field(default=None, repr=False)
    read: tuple[bytes, ...] = field(default=(), repr=False)

    def documents(self, tenant: Tenant) -> Sealer:
        """For private columns of this one tenant."""

        def for_tenant(key: bytes) -> KeyFor:
            def derived(of: str) -> bytes:
                if of != tenant.id:
                    raise KeyError(of)
                return _derived(key, f"kazasu documents v1 {of}")

            return derived

        def content(of: str) -> bytes:
            if of != tenant.id:
                raise KeyError(of)
            return tenant.keys.content

        return self._ring(content, for_tenant)

    def sessions(self) -> Sealer:
        first = _derived(self.master, "kazasu live sessions v1")

        def fixed(key: bytes) -> KeyFor:
            made = _derived(key, "kazasu live sessions v1")
            return lambda _of: made

        return self._ring(lambda _of: first, fixed)

    def news(self) -> Sealer:
        """For what lives some seconds: never turned, so that all processes read each other."""
        key = _derived(self.master, "kazasu news v1")
        return Sealer(lambda _of: key)

    def counters(self) -> bytes:
        """32 bytes that hide what is counted."""
        return _derived(self.master, "kazasu counters v1")

    def _ring(self, first: KeyFor, make: Callable[[bytes], KeyFor]) -> Sealer:
        known = {_FIRST: first} | {_name(key): make(key) for key in self.read}
        if self.own is None:
            return Sealer(first, key_id=_FIRST, older=known)
        return Sealer(make(self.own), key_id=_name(self.own), older=known)


def keys_of(settings: Settings) -> SealingKeys:
    own, *read = settings.sealing_keys()
    return SealingKeys(master=settings.master_key(), own=own, read=tuple(k for k in read if k))


def _name(key: bytes) -> str:
    """The key's id in what it sealed: says which it was, and nothing of it."""
    return _derived(key, "kazasu sealing key id")[:4].hex()


def _derived(key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=use.encode()).derive(key)
