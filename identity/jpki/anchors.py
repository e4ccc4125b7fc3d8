"""Pinned roots: which authorities may issue for which purpose, in which environment.

Roots come from configuration and nowhere else. All generations of one purpose share a DN; they
are told apart by their keys. A production store never holds synthetic roots, nor the reverse, and
official test roots belong to neither.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from identity.jpki import algorithms
from identity.jpki.certificate import Certificate, extension, read
from identity.jpki.refusals import Refusal


class Purpose(StrEnum):
    """What a card key is for: proving presence (電子利用者証明) or signing (電子署名)."""

    AUTH = "auth"
    SIGN = "sign"


class Environment(StrEnum):
    PRODUCTION = "production"
    SYNTHETIC = "synthetic"


ORGANISATION: Final[Mapping[Environment, str]] = {
    Environment.PRODUCTION: "JPKI",
    Environment.SYNTHETIC: "JPKI-SYNTHETIC",
}
UNIT: Final[Mapping[Purpose, str]] = {
    Purpose.AUTH: "JPKI for user authentication",
    Purpose.SIGN: "JPKI for digital signature",
}
# Extensions of a root that we understand; policyConstraints and nameConstraints are not among
# them, so a root that limits itself that way is refused rather than half obeyed.
_KNOWN: Final = (
    x509.KeyUsage,
    x509.BasicConstraints,
    x509.SubjectAlternativeName,
    x509.CRLDistributionPoints,
    x509.SubjectKeyIdentifier,
    x509.AuthorityKeyIdentifier,
)


class UnusableAnchor(ValueError):
    """A configured root that this environment must not load: do not start.

    `code` is stable; `facts` name the file's purpose and what was found instead.
    """

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchor:
    """A pinned root. `key_sha256` (of the SubjectPublicKeyInfo) is its identity, as names are
    shared; `key_identifier` is what its leaves name it by, if it has one. Two values are the same
    only as objects, so that looking one up costs nothing."""

    purpose: Purpose
    certificate: Certificate
    key_sha256: bytes
    key_identifier: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    environment: Environment
    auth: tuple[Anchor, ...] = field(repr=False)
    sign: tuple[Anchor, ...] = field(repr=False)

    def of(self, purpose: Purpose) -> tuple[Anchor, ...]:
        return self.auth if purpose is Purpose.AUTH else self.sign


def load(environment: Environment, *, auth: Iterable[bytes], sign: Iterable[bytes]) -> TrustAnchors:
    """Pins the DER roots given per purpose. UnusableAnchor when one does not belong."""
    return TrustAnchors(
        environment=environment,
        auth=_load(environment, Purpose.AUTH, auth),
        sign=_load(environment, Purpose.SIGN, sign),
    )


def _load(environment: Environment, purpose: Purpose, files: Iterable[bytes]) -> tuple[Anchor, ...]:
    found = tuple(_anchor(environment, purpose, data) for data in files)
    if not found:
        raise UnusableAnchor("anchor_missing", purpose=purpose)
    if len({anchor.key_sha256 for anchor in found}) != len(found):
        raise UnusableAnchor("anchor_duplicate", purpose=purpose)
    return found


def _anchor(environment: Environment, purpose: Purpose, data: bytes) -> Anchor:
    certificate = read(data)
    if isinstance(certificate, Refusal):
        raise UnusableAnchor("anchor_unreadable", purpose=purpose, because=certificate.code)
    organisations = _values(certificate.subject, NameOID.ORGANIZATION_NAME)
    if organisations != [ORGANISATION[environment]]:
        raise UnusableAnchor(
            "anchor_wrong_environment",
            purpose=purpose,
            environment=environment,
            organisation=" / ".join(organisations),
        )
    units = _values(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if UNIT[purpose] not in units or len(set(UNIT.values()) & set(units)) != 1:
        raise UnusableAnchor("anchor_wrong_purpose", purpose=purpose, unit=" / ".join(units))
    _check_profile(certificate, purpose)
    encoded_key = certificate.public_key.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    identifier = extension(certificate, x509.SubjectKeyIdentifier)
    return Anchor(
        purpose=purpose,
        certificate=certificate,
        key_sha256=hashlib.sha256(encoded_key).digest(),
        key_identifier=None if identifier is None else identifier.value.digest,
    )


def _values(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)]


def _check_profile(root: Certificate, purpose: Purpose) -> None:
    algorithm = algorithms.for_oid(root.algorithm_oid)
    if algorithm is None or not algorithm.fits(root.public_key):
        raise UnusableAnchor("anchor_algorithm", purpose=purpose, oid=root.algorithm_oid)
    if root.scanned.subject_name != root.scanned.issuer_name or not _is_self_signed(root):
        raise UnusableAnchor("anchor_not_self_signed", purpose=purpose)
    basic = extension(root, x509.BasicConstraints)
    usage = extension(root, x509.KeyUsage)
    if basic is None or not basic.critical or not basic.value.ca:
        raise UnusableAnchor("anchor_not_a_ca", purpose=purpose)
    if usage is None or not usage.value.key_cert_sign or not usage.value.crl_sign:
        raise UnusableAnchor("anchor_key_usage", purpose=purpose)
    limits = [e for e in root.extensions if not isinstance(e.value, _KNOWN)]
    if any(e.critical or _is_limit(e.value) for e in limits):
        raise UnusableAnchor("anchor_constraints", purpose=purpose)


def _is_limit(value: x509.ExtensionType) -> bool:
    return isinstance(value, x509.NameConstraints | x509.PolicyConstraints | x509.ExtendedKeyUsage)


def _is_self_signed(root: Certificate) -> bool:
    try:
        root.loaded.verify_directly_issued_by(root.loaded)
    # Any failure to verify, of whatever type, means that it is not.
    except Exception:
        return False
    return True
