"""The bytes a card signs: CMS signed attributes with a content type of our own (RFC 5652).

A fixed template with two slots for hashes, so that an app needs no ASN.1 library and one tap is
by itself a CAdES-BES record, which cannot be lifted into another document. The service builds them
from its own statement and the certificate given; attributes from outside are never taken.

There is one template per hash: 136 octets with SHA-256 (RSA-2048, P-256), 181 with SHA-384
(P-384), where signing-certificate-v2 has to name the hash (RFC 5035) and parameters are absent
(RFC 5754).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from identity.jpki.algorithms import RSA_2048_SHA256, Algorithm
from identity.jpki.anchors import Environment


class StatementType(IntEnum):
    """Last arc of the content type: what kind of statement was signed."""

    CALL = 1
    DIAL = 2
    ENROLMENT = 3
    BUSINESS = 4


# 1.3.6.1.4.1.32473.1: the number for documentation (RFC 5612), until the project has its own.
ARC: Final = "1.3.6.1.4.1.32473.1"
_ARC_IS_FOR_DOCUMENTATION: Final = True
_ARC_DER: Final = bytes.fromhex("060A2B0601040181FD5901")
_CONTENT_TYPE: Final = bytes.fromhex("3019 06092A864886F70D010903 310C") + _ARC_DER


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What stands before the statement type and before each of the two hashes."""

    head: bytes
    before_message_digest: bytes
    before_certificate_hash: bytes


TEMPLATES: Final[Mapping[str, Template]] = {
    "sha256": Template(
        head=bytes.fromhex("318185") + _CONTENT_TYPE,
        before_message_digest=bytes.fromhex("302F 06092A864886F70D010904 3122 0420"),
        before_certificate_hash=bytes.fromhex(
            "3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420"
        ),
    ),
    "sha384": Template(
        head=bytes.fromhex("3181B2") + _CONTENT_TYPE,
        before_message_digest=bytes.fromhex("303F 06092A864886F70D010904 3132 0430"),
        before_certificate_hash=bytes.fromhex(
            "3054 060B2A864886F70D010910022F 3145 3043 3041 303F300B 0609608648016503040202 0430"
        ),
    ),
}

_DIGEST_INFO_SHA256: Final = bytes.fromhex("3031300D060960864801650304020105000420")


class UnusableContentType(RuntimeError):
    """The content type is still the documentation number: no real card may sign it."""


def check_usable(environment: Environment) -> None:
    """UnusableContentType in production while the arc is the one for documentation."""
    if environment is Environment.PRODUCTION and _ARC_IS_FOR_DOCUMENTATION:
        raise UnusableContentType(ARC)


def content_type(statement_type: StatementType) -> str:
    """Dotted OID of the statement's content type."""
    return f"{ARC}.{statement_type.value}"


def build(
    statement: bytes,
    certificate: bytes,
    statement_type: StatementType,
    algorithm: Algorithm = RSA_2048_SHA256,
) -> bytes:
    """The signed attributes (SA) over a statement's bytes and a certificate's DER, for a key that
    signs with `algorithm`."""
    template = TEMPLATES[algorithm.digest]
    return b"".join(
        (
            template.head,
            bytes((statement_type,)),
            template.before_message_digest,
            hashlib.new(algorithm.digest, statement).digest(),
            template.before_certificate_hash,
            hashlib.new(algorithm.digest, certificate).digest(),
        )
    )


def card_input(signed_attributes: bytes, algorithm: Algorithm = RSA_2048_SHA256) -> bytes:
    """What goes to the card: for RSA the 51-byte DigestInfo of PKCS#1 v1.5, for a curve the bare
    hash (32 or 48 bytes)."""
    digest = hashlib.new(algorithm.digest, signed_attributes).digest()
    if algorithm is RSA_2048_SHA256:
        return _DIGEST_INFO_SHA256 + digest
    return digest
