"""What the card signs, built by the app itself: a byte template with two slots for hashes.

CMS signed attributes (RFC 5652) in DER: content-type of our own, message-digest,
signing-certificate-v2 (RFC 5035). The app hashes the statement's bytes and the certificate;
it never signs a digest or attributes that came from outside. There is one template per hash,
and the key in the certificate says which: 136 bytes with SHA-256, 181 with SHA-384.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from companion_app.card.algorithms import Digest, algorithm_of

StatementType: TypeAlias = Literal["call", "dial", "enrolment", "business"]

# Last arc of 1.3.6.1.4.1.32473.1; 32473 is the documentation number of RFC 5612.
_LAST_ARC: dict[StatementType, int] = {"call": 1, "dial": 2, "enrolment": 3, "business": 4}
_CONTENT_TYPE: Final = bytes.fromhex("3019 06092A864886F70D010903 310C 060A 2B0601040181FD5901")


class UnsupportedKey(ValueError):
    """The certificate's key is of no kind that the app signs with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    """What stands before the statement's type and before each hash."""

    head: bytes
    message_digest: bytes
    signing_certificate: bytes


_TEMPLATES: dict[Digest, _Template] = {
    "sha256": _Template(
        head=bytes.fromhex("318185") + _CONTENT_TYPE,
        message_digest=bytes.fromhex("302F 06092A864886F70D010904 3122 0420"),
        signing_certificate=bytes.fromhex(
            "3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420"
        ),
    ),
    # SHA-256 is what that attribute means when it names no hash; any other stands in it.
    "sha384": _Template(
        head=bytes.fromhex("3181B2") + _CONTENT_TYPE,
        message_digest=bytes.fromhex("303F 06092A864886F70D010904 3132 0430"),
        signing_certificate=bytes.fromhex(
            "3054 060B2A864886F70D010910022F 3145 3043 3041 303F 300B 0609608648016503040202 0430"
        ),
    ),
}


def signed_attributes(
    *,
    statement: bytes,
    statement_type: StatementType,
    certificate: bytes,
    digest: Digest = "sha256",
) -> bytes:
    """DER. `statement` is the canonical JSON, `certificate` the DER from the card."""
    template = _TEMPLATES[digest]
    return b"".join(
        (
            template.head,
            bytes([_LAST_ARC[statement_type]]),
            template.message_digest,
            hashlib.new(digest, statement).digest(),
            template.signing_certificate,
            hashlib.new(digest, certificate).digest(),
        )
    )


def card_input(*, statement: bytes, statement_type: StatementType, certificate: bytes) -> bytes:
    """What goes to the card, by the certificate's key: for RSA 51 bytes, DigestInfo(SHA-256) over
    the signed attributes; for a curve their bare hash, 32 or 48 bytes. `UnsupportedKey`."""
    algorithm = algorithm_of(certificate)
    if algorithm is None:
        raise UnsupportedKey
    attributes = signed_attributes(
        statement=statement,
        statement_type=statement_type,
        certificate=certificate,
        digest=algorithm.digest,
    )
    return algorithm.input_head + hashlib.new(algorithm.digest, attributes).digest()
