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
_EXTENSIONS: Final = 0xA3
_MAX_SERIAL_OCTETS: Final = 20
# SubjectPublicKeyInfo of RSA-2048 with exponent 65537, and of P-256: all but the key itself.
_RSA_2048_HEAD: Final = bytes.fromhex(
    "30820122 300D 06092A864886F70D010101 0500 0382010F 00 3082010A 02820101 00"
)
_RSA_65537_TAIL: Final = bytes.fromhex("0203010001")
_P256_HEAD: Final = bytes.fromhex("3059 3013 06072A8648CE3D0201 06082A8648CE3D030107 034200")
_RSA_SHA256: Final = bytes.fromhex("300D 06092A864886F70D01010B 0500")
_ECDSA_SHA256: Final = bytes.fromhex("300A 06082A8648CE3D040302")
_PLAIN_OCTETS: Final = 4 * 1024
_PLAIN_VALUES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """Bytes that are strict DER in the outline of a certificate; nobody has understood them yet.

    The parts are as received: `tbs` is what the issuer signed; `outer_algorithm` and
    `inner_algorithm` are the encoded AlgorithmIdentifiers beside the signature and inside what is
    signed; `issuer_name` and `subject_name` encoded names, `key` the SubjectPublicKeyInfo.
    """

    der: bytes = field(repr=False)
    values: int
    tbs: bytes = field(repr=False)
    outer_algorithm: bytes = field(repr=False)
    inner_algorithm: bytes = field(repr=False)
    issuer_name: bytes = field(repr=False)
    subject_name: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def is_plain(self) -> bool:
        """Small, with few values, and with keys that cost little: what cards of today bring.

        Reading it takes less than a millisecond, whatever else it holds; anything that is not
        plain is read in a process of its own (decision 15).
        """
        return (
            len(self.der) <= _PLAIN_OCTETS
            and self.values <= _PLAIN_VALUES
            and self.outer_algorithm in (_RSA_SHA256, _ECDSA_SHA256)
            and (
                (
                    len(self.key) == 294
                    and self.key.startswith(_RSA_2048_HEAD)
                    and self.key.endswith(_RSA_65537_TAIL)
                )
                or (len(self.key) == 91 and self.key.startswith(_P256_HEAD))
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Everything the checks need, decoded once. Times are UTC; see `Scanned` for the parts."""

    scanned: Scanned = field(repr=False)
    loaded: x509.Certificate = field(repr=False)
    serial: int = field(repr=False)
    subject: x509.Name = field(repr=False)
    extensions: tuple[x509.Extension[x509.ExtensionType], ...] = field(repr=False)
    public_key: CertificatePublicKeyTypes = field(repr=False)
    algorithm_oid: str
    not_before: datetime
    not_after: datetime

    @property
    def der(self) -> bytes:
        """The original bytes, never re-encoded."""
        return self.scanned.der


def scan(data: bytes) -> Scanned | Refusal:
    """The pre-scan: caps, strict DER, the outline of one certificate and nothing behind it, and
    what the library only warns about or lets pass: the serial, fields that nobody uses."""
    try:
        outline = der.check(data, cap=MAX_OCTETS)
        tbs, outer = outline.first[:2]
        inside = outline.inside(tbs)
        if inside[0].tag == _EXPLICIT_VERSION:
            del inside[0]
        serial, inner, issuer, _, subject, key = inside[:6]
        others = [one.tag for one in inside[6:]]
    except (ValueError, IndexError):
        return Refusal(code=Code.CERTIFICATE_MALFORMED)
    if not _is_serial(data[serial.content : serial.end]):
        return Refusal(code=Code.CERTIFICATE_SERIAL)
    if others != [_EXTENSIONS]:
        return Refusal(code=Code.CERTIFICATE_FIELDS)
    return Scanned(
        der=data,
        values=outline.values,
        tbs=data[tbs.start : tbs.end],
        outer_algorithm=data[outer.start : outer.end],
        inner_algorithm=data[inner.start : inner.end],
        issuer_name=data[issuer.start : issuer.end],
        subject_name=data[subject.start : subject.end],
        key=data[key.start : key.end],
    )


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


def _is_serial(content: bytes) -> bool:
    """Positive and at most 20 octets (RFC 5280, 4.1.2.2)."""
    return any(content) and content[0] < 0x80 and len(content) <= _MAX_SERIAL_OCTETS


def _decoded(scanned: Scanned) -> Certificate:
    loaded = x509.load_der_x509_certificate(scanned.der)
    return Certificate(
        scanned=scanned,
        loaded=loaded,
        serial=loaded.serial_number,
        subject=loaded.subject,
        extensions=tuple(loaded.extensions),
        public_key=loaded.public_key(),
        algorithm_oid=loaded.signature_algorithm_oid.dotted_string,
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
