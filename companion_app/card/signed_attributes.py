"""What the card signs, built by the app itself: a byte template with two 32-byte slots.

CMS signed attributes (RFC 5652) in DER: content-type of our own, message-digest,
signing-certificate-v2 (RFC 5035). The app hashes the statement's bytes and the certificate;
it never signs a digest or attributes that came from outside.
"""

from hashlib import sha256
from typing import Literal, TypeAlias

StatementType: TypeAlias = Literal["call", "dial", "enrolment", "business"]

# Last arc of 1.3.6.1.4.1.32473.1; 32473 is the documentation number of RFC 5612.
_LAST_ARC: dict[StatementType, int] = {"call": 1, "dial": 2, "enrolment": 3, "business": 4}

_CONTENT_TYPE = bytes.fromhex("318185 3019 06092A864886F70D010903 310C 060A 2B0601040181FD5901")
_MESSAGE_DIGEST = bytes.fromhex("302F 06092A864886F70D010904 3122 0420")
_SIGNING_CERTIFICATE = bytes.fromhex("3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420")
_SHA256_DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")


def signed_attributes(
    *, statement: bytes, statement_type: StatementType, certificate: bytes
) -> bytes:
    """136 bytes of DER. `statement` is the canonical JSON, `certificate` the DER from the card."""
    return b"".join(
        (
            _CONTENT_TYPE,
            bytes([_LAST_ARC[statement_type]]),
            _MESSAGE_DIGEST,
            sha256(statement).digest(),
            _SIGNING_CERTIFICATE,
            sha256(certificate).digest(),
        )
    )


def card_input(*, statement: bytes, statement_type: StatementType, certificate: bytes) -> bytes:
    """51 bytes: DigestInfo(SHA-256) over the signed attributes, for an RSA key."""
    attributes = signed_attributes(
        statement=statement, statement_type=statement_type, certificate=certificate
    )
    return _SHA256_DIGEST_INFO + sha256(attributes).digest()
