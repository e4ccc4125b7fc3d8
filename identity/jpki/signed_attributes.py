"""The 136 bytes a card signs: CMS signed attributes with a content type of our own (RFC 5652).

A fixed template with two 32-byte slots, so that an app needs no ASN.1 library and one tap is by
itself a CAdES-BES record, which cannot be lifted into another document. The service builds them
from its own statement and the certificate given; attributes from outside are never taken.
"""

import hashlib
from enum import IntEnum
from typing import Final

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

_CONTENT_TYPE: Final = bytes.fromhex("318185 3019 06092A864886F70D010903 310C") + _ARC_DER
_MESSAGE_DIGEST: Final = bytes.fromhex("302F 06092A864886F70D010904 3122 0420")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex(
    "3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420"
)
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


def build(statement: bytes, certificate: bytes, statement_type: StatementType) -> bytes:
    """The signed attributes (SA) over a statement's bytes and a certificate's DER."""
    return b"".join(
        (
            _CONTENT_TYPE,
            bytes((statement_type.value,)),
            _MESSAGE_DIGEST,
            hashlib.sha256(statement).digest(),
            _SIGNING_CERTIFICATE_V2,
            hashlib.sha256(certificate).digest(),
        )
    )


def card_input(signed_attributes: bytes) -> bytes:
    """The 51-byte DigestInfo that goes to the card (PKCS#1 v1.5, SHA-256)."""
    return _DIGEST_INFO_SHA256 + hashlib.sha256(signed_attributes).digest()
