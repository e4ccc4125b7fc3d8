"""A parsed certificate. Whatever goes wrong while reading one is a single kind of refusal."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from identity.jpki import der
from identity.jpki.refusals import Code, Refusal

MAX_OCTETS: Final = 8 * 1024
_EXPLICIT_VERSION: Final = 0xA0
_MAX_SERIAL_OCTETS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Everything the checks need, decoded once. `der` are the original bytes, never re-encoded.

    `tbs` is what the issuer signed, as received; `outer_algorithm` and `inner_algorithm` are the
    encoded AlgorithmIdentifiers beside the signature and inside what is signed. Times are UTC.
    """

    der: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    loaded: x509.Certificate = field(repr=False)
    serial: int = field(repr=False)
    subject: x509.Name = field(repr=False)
    issuer: x509.Name = field(repr=False)
    extensions: x509.Extensions = field(repr=False)
    public_key: CertificatePublicKeyTypes = field(repr=False)
    algorithm_oid: str
    outer_algorithm: bytes = field(repr=False)
    inner_algorithm: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime


def read(data: bytes) -> Certificate | Refusal:
    """Reads one DER certificate of at most 8 kB.

    Needs no process of its own: the pre-scan is linear, and no library with superlinear decoding
    sees a certificate before it has been accepted.
    """
    try:
        der.check(data, cap=MAX_OCTETS)
        parts = der.children(data, der.whole(data))
        inside = der.children(data, parts[0])
        serial, inner = inside[1:3] if inside[0].tag == _EXPLICIT_VERSION else inside[:2]
    except (ValueError, IndexError):
        return Refusal(code=Code.CERTIFICATE_MALFORMED)
    if not _is_serial(data[serial.content : serial.end]):
        return Refusal(code=Code.CERTIFICATE_SERIAL)
    try:
        return _decoded(data, *(_slice(data, part) for part in (parts[0], parts[1], inner)))
    except x509.DuplicateExtension:
        return Refusal(code=Code.EXTENSION_DUPLICATE)
    # The parser raises ValueError, UnsupportedAlgorithm, InvalidVersion, now and then TypeError;
    # a hostile certificate must not be able to choose what happens next.
    except Exception:
        return Refusal(code=Code.CERTIFICATE_UNREADABLE)


def _is_serial(content: bytes) -> bool:
    """Positive and at most 20 octets (RFC 5280, 4.1.2.2). The library only warns."""
    return any(content) and content[0] < 0x80 and len(content) <= _MAX_SERIAL_OCTETS


def _slice(data: bytes, element: der.Element) -> bytes:
    return data[element.start : element.end]


def _decoded(data: bytes, tbs: bytes, outer: bytes, inner: bytes) -> Certificate:
    loaded = x509.load_der_x509_certificate(data)
    return Certificate(
        der=data,
        tbs=tbs,
        loaded=loaded,
        serial=loaded.serial_number,
        subject=loaded.subject,
        issuer=loaded.issuer,
        extensions=loaded.extensions,
        public_key=loaded.public_key(),
        algorithm_oid=loaded.signature_algorithm_oid.dotted_string,
        outer_algorithm=outer,
        inner_algorithm=inner,
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
    )


_T = TypeVar("_T", bound=x509.ExtensionType)


def extension(certificate: Certificate, kind: type[_T]) -> x509.Extension[_T] | None:
    """The extension of that kind with its criticality, or None."""
    # Ten look-ups a verification, so without the library's own walk and its exception.
    for item in certificate.extensions:
        if item.oid == kind.oid:
            return cast("x509.Extension[_T]", item)
    return None
