"""Which signature algorithms count, as a table. Whatever is not in it is refused.

A row ties together the key, the hash and the OID under which certificates and lists name it, so
that no other combination can be assembled. A new generation of cards (P-384 with SHA-384 is
announced) is one more row here and one more template in `signed_attributes`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """`signature_sizes` are the accepted lengths in octets; `fits` tells whether a key belongs."""

    name: str
    certificate_oid: str
    signature_sizes: range
    fits: Callable[[object], bool]
    check: Callable[[object, bytes, bytes], None]

    def verifies(self, key: object, signature: bytes, message: bytes) -> bool:
        """True when `signature` over `message` was made by `key`, a key of this row."""
        if not self.fits(key) or len(signature) not in self.signature_sizes:
            return False
        try:
            self.check(key, signature, message)
        except InvalidSignature:
            return False
        return True


def _is_rsa_2048(key: object) -> bool:
    return (
        isinstance(key, rsa.RSAPublicKey)
        and key.key_size == 2048
        and key.public_numbers().e == 65537
    )


def _check_rsa_sha256(key: object, signature: bytes, message: bytes) -> None:
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


RSA_2048_SHA256: Final = Algorithm(
    name="rsa2048-pkcs1v15-sha256",
    certificate_oid="1.2.840.113549.1.1.11",
    signature_sizes=range(256, 257),
    fits=_is_rsa_2048,
    check=_check_rsa_sha256,
)

ALGORITHMS: Final = (RSA_2048_SHA256,)


def for_key(key: object) -> Algorithm | None:
    """The one algorithm that a key of this kind may use, or None."""
    return next((row for row in ALGORITHMS if row.fits(key)), None)


def for_oid(dotted: str) -> Algorithm | None:
    """The algorithm that certificates and lists name by this OID, or None."""
    return next((row for row in ALGORITHMS if row.certificate_oid == dotted), None)
