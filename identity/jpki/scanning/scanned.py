"""The pre-scan: what a certificate's bytes show before any library has understood them."""

from dataclasses import dataclass, field
from typing import Final

from identity.jpki import der
from identity.jpki.refusals import Code, Refusal

# SubjectPublicKeyInfo of RSA-2048 with exponent 65537, and of P-256: all but the key itself.
RSA_2048_HEAD: Final = bytes.fromhex(
    "30820122 300D 06092A864886F70D010101 0500 0382010F 00 3082010A 02820101 00"
)
_RSA_65537_TAIL: Final = bytes.fromhex("0203010001")
RSA_2048_OCTETS: Final = 294
RSA_SHA256: Final = bytes.fromhex("300D 06092A864886F70D01010B 0500")
EXTENSIONS: Final = 0xA3
_P256_HEAD: Final = bytes.fromhex("3059 3013 06072A8648CE3D0201 06082A8648CE3D030107 034200")
_ECDSA_SHA256: Final = bytes.fromhex("300A 06082A8648CE3D040302")
_EXPLICIT_VERSION: Final = 0xA0
_MAX_SERIAL_OCTETS: Final = 20
_PLAIN_OCTETS: Final = 4 * 1024
_PLAIN_VALUES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """Bytes that are strict DER in the outline of a certificate; nobody has understood them yet.

    The parts are as received: `tbs` is what the issuer signed; `outer_algorithm` and
    `inner_algorithm` are the encoded AlgorithmIdentifiers beside the signature and inside what is
    signed; `issuer_name` and `subject_name` encoded names, `key` the SubjectPublicKeyInfo,
    `extensions` each of them encoded.
    """

    der: bytes = field(repr=False)
    values: int
    tbs: bytes = field(repr=False)
    outer_algorithm: bytes = field(repr=False)
    inner_algorithm: bytes = field(repr=False)
    issuer_name: bytes = field(repr=False)
    subject_name: bytes = field(repr=False)
    key: bytes = field(repr=False)
    extensions: tuple[bytes, ...] = field(repr=False)

    @property
    def is_plain(self) -> bool:
        """Small, with few values, and with keys that cost little: what cards of today bring.

        Reading it takes less than a millisecond, whatever else it holds; anything that is not
        plain is read in a process of its own (decision 15).
        """
        return (
            len(self.der) <= _PLAIN_OCTETS
            and self.values <= _PLAIN_VALUES
            and self.outer_algorithm in (RSA_SHA256, _ECDSA_SHA256)
            and (
                (
                    len(self.key) == RSA_2048_OCTETS
                    and self.key.startswith(RSA_2048_HEAD)
                    and self.key.endswith(_RSA_65537_TAIL)
                )
                or (len(self.key) == 91 and self.key.startswith(_P256_HEAD))
            )
        )


def walk(data: bytes, *, cap: int) -> Scanned | Refusal:
    """Caps, strict DER, the outline of one certificate and nothing behind it, and what the library
    only warns about or lets pass: the serial, fields that nobody uses."""
    try:
        outline = der.check(data, cap=cap)
        tbs, outer = outline.first[:2]
        inside = outline.inside(tbs)
        if inside[0].tag == _EXPLICIT_VERSION:
            del inside[0]
        serial, inner, issuer, _, subject, key = inside[:6]
        others = [one.tag for one in inside[6:]]
    except (ValueError, IndexError):
        return Refusal(code=Code.CERTIFICATE_MALFORMED)
    if not is_serial(data[serial.content : serial.end]):
        return Refusal(code=Code.CERTIFICATE_SERIAL)
    if others != [EXTENSIONS]:
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
        extensions=tuple(
            [data[one.start : one.end] for one in outline.fourth if one.start > key.end]
        ),
    )


def is_serial(content: bytes) -> bool:
    """Positive and at most 20 octets (RFC 5280, 4.1.2.2)."""
    return any(content) and content[0] < 0x80 and len(content) <= _MAX_SERIAL_OCTETS
