"""Which signature algorithms count, as a table. Whatever is not in it is refused.

A row ties together the key, the hash and the OID under which certificates, lists and records name
it, so that no other combination can be assembled. Which rows a card's certificate may use in which
environment is said in `profile`; what the card signs for each, in `signed_attributes`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """`digest` is the hash by its `hashlib` name, `signature_sizes` the accepted lengths in
    octets; `fits` tells whether a key belongs. `parameters` are the octets that follow the OID in
    an AlgorithmIdentifier (RFC 4055: NULL for RSA; RFC 5758: nothing for ECDSA)."""

    name: str
    certificate_oid: str
    parameters: bytes
    digest: str
    signature_sizes: range
    fits: Callable[[object], bool]
    check: Callable[[object, bytes, bytes], None]

    def verifies(self, key: object, signature: bytes, message: bytes) -> bool:
        """True when `key` is of this row and made `signature` over `message`."""
        if not self.fits(key) or len(signature) not in self.signature_sizes:
            return False
        try:
            self.check(key, signature, message)
        except InvalidSignature:
            return False
        return True


_PKCS1_V15: Final = padding.PKCS1v15()
_SHA256: Final = hashes.SHA256()
_SHA384: Final = hashes.SHA384()
_ECDSA_SHA256: Final = ec.ECDSA(_SHA256)
_ECDSA_SHA384: Final = ec.ECDSA(_SHA384)


def _is_rsa_2048(key: object) -> bool:
    return (
        isinstance(key, rsa.RSAPublicKey)
        and key.key_size == 2048
        and key.public_numbers().e == 65537
    )


def _is_p256(key: object) -> bool:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _is_p384(key: object) -> bool:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1)


def _check_rsa_sha256(key: object, signature: bytes, message: bytes) -> None:
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, message, _PKCS1_V15, _SHA256)


def _check_ecdsa_sha256(key: object, signature: bytes, message: bytes) -> None:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, message, _ECDSA_SHA256)


def _check_ecdsa_sha384(key: object, signature: bytes, message: bytes) -> None:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, message, _ECDSA_SHA384)


RSA_2048_SHA256: Final = Algorithm(
    name="rsa2048-pkcs1v15-sha256",
    certificate_oid="1.2.840.113549.1.1.11",
    parameters=b"\x05\x00",
    digest="sha256",
    signature_sizes=range(256, 257),
    fits=_is_rsa_2048,
    check=_check_rsa_sha256,
)
# An ECDSA signature is the DER of two integers (RFC 3279), as a CMS record holds it; a card that
# answers with the bare pair has it encoded by its app. From two tiny integers to two full ones.
P256_SHA256: Final = Algorithm(
    name="p256-ecdsa-sha256",
    certificate_oid="1.2.840.10045.4.3.2",
    parameters=b"",
    digest="sha256",
    signature_sizes=range(8, 73),
    fits=_is_p256,
    check=_check_ecdsa_sha256,
)
P384_SHA384: Final = Algorithm(
    name="p384-ecdsa-sha384",
    certificate_oid="1.2.840.10045.4.3.3",
    parameters=b"",
    digest="sha384",
    signature_sizes=range(8, 105),
    fits=_is_p384,
    check=_check_ecdsa_sha384,
)

ALGORITHMS: Final = (RSA_2048_SHA256, P256_SHA256, P384_SHA384)
_BY_OID: Final = {row.certificate_oid: row for row in ALGORITHMS}


def for_key(key: object) -> Algorithm | None:
    """The one algorithm that a key of this kind may use, or None."""
    return next((row for row in ALGORITHMS if row.fits(key)), None)


def for_oid(dotted: str) -> Algorithm | None:
    """The algorithm that certificates and lists name by this OID, or None."""
    return _BY_OID.get(dotted)
