"""A parsed certificate. Whatever goes wrong while reading one is a single kind of refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from identity.jpki.refusals import Code, Refusal
from identity.jpki.scanning import ordinary
from identity.jpki.scanning.memory import Memory
from identity.jpki.scanning.scanned import Scanned, walk

MAX_OCTETS: Final = 8 * 1024
_KEY_IDENTIFIER_HEAD: Final = bytes.fromhex("301D 0603551D0E 0416 0414")
_Extension: TypeAlias = x509.Extension[x509.ExtensionType]
# Extensions that an issuer writes alike into many certificates, and that name no holder.
_ALIKE: Final = (
    x509.KeyUsage,
    x509.CertificatePolicies,
    x509.BasicConstraints,
    x509.ExtendedKeyUsage,
    x509.IssuerAlternativeName,
    x509.CRLDistributionPoints,
    x509.AuthorityInformationAccess,
    x509.AuthorityKeyIdentifier,
)
_T = TypeVar("_T", bound=x509.ExtensionType)
# What the library has read, by its encoding.
_READ: Final[Memory[_Extension]] = Memory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Everything the checks need, decoded once. Times are UTC; see `Scanned` for the parts.

    `by_kind` are the extensions by the class of their value; `remembered`: all were known before.
    """

    scanned: Scanned = field(repr=False)
    loaded: x509.Certificate = field(repr=False)
    serial: int = field(repr=False)
    subject: x509.Name = field(repr=False)
    extensions: tuple[_Extension, ...] = field(repr=False)
    public_key: CertificatePublicKeyTypes = field(repr=False)
    algorithm_oid: str
    not_before: datetime
    not_after: datetime
    by_kind: Mapping[type, _Extension] = field(repr=False)
    remembered: bool

    @property
    def der(self) -> bytes:
        """The original bytes, never re-encoded."""
        return self.scanned.der


def scan(data: bytes) -> Scanned | Refusal:
    """The pre-scan: caps, strict DER, the outline of one certificate and nothing behind it, and
    what the library only warns about or lets pass: the serial, fields that nobody uses."""
    return ordinary.scan(data, cap=MAX_OCTETS) or walk(data, cap=MAX_OCTETS)


def parse(scanned: Scanned) -> Certificate | Refusal:
    """What the bytes say. Every failure of the parser is one refusal."""
    try:
        return _decoded(scanned)
    except x509.DuplicateExtension:
        return Refusal(code=Code.EXTENSION_DUPLICATE)
    # The parser raises ValueError, UnsupportedAlgorithm, InvalidVersion, now and then TypeError;
    # a hostile certificate must not be able to choose what happens next.
    except Exception:
        return Refusal(code=Code.CERTIFICATE_UNREADABLE)


def read(data: bytes) -> Certificate | Refusal:
    """Reads one DER certificate of at most 8 kB, in this process: one of our own choosing, or one
    that has been accepted before. What comes from outside is scanned first (`checklist`)."""
    scanned = scan(data)
    return scanned if isinstance(scanned, Refusal) else parse(scanned)


def remember(certificate: Certificate) -> None:
    """What an issuer writes alike into many certificates is walked and read once: its name, its
    algorithm, extensions that say nothing of the holder. It changes the cost, not what is said.

    For certificates that a pinned root has signed: nobody else shall fill the memory.
    """
    scanned = certificate.scanned
    if certificate.remembered or len(scanned.extensions) != len(certificate.extensions):
        return
    ordinary.remember(scanned.issuer_name)
    for part, item in zip(scanned.extensions, certificate.extensions, strict=True):
        known = part in _READ or not isinstance(item.value, _ALIKE)
        if not known and ordinary.remember(part):
            _READ.keep(part, item)


def remembered_as(certificate: Certificate, item: x509.Extension[_T]) -> bytes | None:
    """The encoding of an extension of it, None unless it is remembered."""
    for part, other in zip(certificate.scanned.extensions, certificate.extensions, strict=False):
        if other is item:
            return part if part in _READ else None
    return None


def _decoded(scanned: Scanned) -> Certificate:
    loaded = x509.load_der_x509_certificate(scanned.der)
    known = [_READ.get(part) or _key_identifier(part) for part in scanned.extensions]
    by_kind = {type(item.value): item for item in known if item is not None}
    # As many kinds as extensions: all are known, and none comes twice.
    remembered = len(by_kind) == len(known)
    extensions = tuple(by_kind.values()) if remembered else tuple(loaded.extensions)
    return Certificate(
        scanned=scanned,
        loaded=loaded,
        serial=loaded.serial_number,
        subject=loaded.subject,
        extensions=extensions,
        by_kind=by_kind if remembered else {type(item.value): item for item in extensions},
        remembered=remembered,
        public_key=loaded.public_key(),
        algorithm_oid=loaded.signature_algorithm_oid.dotted_string,
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
    )


def _key_identifier(part: bytes) -> _Extension | None:
    """The one extension that differs in every certificate and is always of one form."""
    if not part.startswith(_KEY_IDENTIFIER_HEAD):
        return None
    value = x509.SubjectKeyIdentifier(part[11:])
    return x509.Extension(x509.SubjectKeyIdentifier.oid, False, value)


def extension(certificate: Certificate, kind: type[_T]) -> x509.Extension[_T] | None:
    """The extension of that kind with its criticality, or None."""
    # Ten look-ups a verification, so without the library's own walk and its exception.
    return cast("x509.Extension[_T] | None", certificate.by_kind.get(kind))
