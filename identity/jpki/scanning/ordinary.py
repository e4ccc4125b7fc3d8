"""The pre-scan of ordinary certificates, by what others of their issuer had alike.

Beside `scanned.walk`, which is the rule: a test holds what comes out here against it.
"""

from typing import Final

from identity.jpki import der
from identity.jpki.scanning.memory import Memory
from identity.jpki.scanning.scanned import (
    EXTENSIONS,
    RSA_2048_HEAD,
    RSA_2048_OCTETS,
    RSA_SHA256,
    Scanned,
    is_serial,
)

_REMEMBERED_OCTETS: Final = 512
_SERIAL: Final = 13
"""Where it stands behind version 3, in a certificate and content of 256 to 65,535 octets."""
_FRAME: Final = b"\x30\x82%b\x30\x82%b\xa0\x03\x02\x01\x02\x02"
_VALIDITY_HEAD: Final = bytes.fromhex("301E 170D")
_TIME_HEAD: Final = bytes.fromhex("170D")
_VALIDITY_OCTETS: Final = 32
_SIGNATURE_HEAD: Final = bytes.fromhex("0382010100")
_SEQUENCE, _SET, _TEXTS = 0x30, 0x31, (0x0C, 0x13)
_UNDER_2_5_4: Final = bytes.fromhex("06035504")
_OTHER_VALUES: Final = 20
"""In such a certificate: all but its names and its extensions."""
# How many values a name or an extension is, by its encoding.
_WALKED: Final[Memory[int]] = Memory()


def remember(part: bytes) -> bool:
    """A name or an extension of which many certificates have the same need not be walked again.
    False for one that is too long or not flat enough. Only what a pinned root has signed is
    remembered, so that nobody else can fill the memory."""
    if part in _WALKED:
        return True
    if len(part) > _REMEMBERED_OCTETS or (outline := der.check(part, cap=len(part))).fourth:
        return False
    _WALKED.keep(part, outline.values)
    return True


def scan(data: bytes, *, cap: int) -> Scanned | None:
    """What `scanned.walk` says of an ordinary certificate of an issuer of whom others have been
    accepted, at a third of the cost; None for any other.

    Every octet is the only one that may stand there, or lies in a part that has been walked, or in
    a primitive value of which DER asks nothing: a text, a time, a key, a signature.
    """
    try:
        issuer = _end(data, _SERIAL) + len(RSA_SHA256)
        validity = _end(data, issuer)
        subject = validity + _VALIDITY_OCTETS
        key = _end(data, subject)
        listed = key + RSA_2048_OCTETS
        outer = _end(data, listed)
        names = _WALKED[data[issuer:validity]] + _flat_name(data, subject, key)
        parts, inside = _flat_extensions(data, listed, outer, cap)
    except (ValueError, LookupError):
        return None
    values = _OTHER_VALUES + names + inside
    if len(data) > cap or values > der.MAX_VALUES:
        return None
    if not _is_frame(data, issuer, validity, key, outer):
        return None
    return Scanned(
        der=data,
        values=values,
        tbs=data[4:outer],
        outer_algorithm=RSA_SHA256,
        inner_algorithm=RSA_SHA256,
        issuer_name=data[issuer:validity],
        subject_name=data[subject:key],
        key=data[key:listed],
        extensions=parts,
    )


def _is_frame(data: bytes, issuer: int, validity: int, key: int, outer: int) -> bool:
    """Whether all is ordinary but the names and the extensions, given where it should be."""
    size = len(data)
    signature = outer + len(RSA_SHA256)
    inner = issuer - len(RSA_SHA256)
    serial = data[_SERIAL + 2 : inner]
    return (
        size == signature + len(_SIGNATURE_HEAD) + 256
        and data.startswith(_FRAME % ((size - 4).to_bytes(2), (outer - 8).to_bytes(2)))
        and is_serial(serial)
        and (serial[0] > 0 or len(serial) == 1 or serial[1] >= 0x80)
        and data.startswith(RSA_SHA256, inner)
        and data.startswith(RSA_SHA256, outer)
        and data.startswith(_VALIDITY_HEAD, validity)
        and data.startswith(_TIME_HEAD, validity + 17)
        and data.startswith(RSA_2048_HEAD, key)
        and data.startswith(_SIGNATURE_HEAD, signature)
    )


def _flat_name(data: bytes, at: int, end: int) -> int:
    """How many values a name is whose parts are one text each, of an attribute under 2.5.4.
    ValueError or IndexError for any other."""
    at, values = _content(data, at, _SEQUENCE), 1
    while at < end:
        length = data[at + 1]
        if not (
            data[at] == _SET
            and length < 0x80
            and data[at + 2] == _SEQUENCE
            and data[at + 3] == length - 2
            and data.startswith(_UNDER_2_5_4, at + 4)
            and data[at + 8] < 0x80
            and data[at + 9] in _TEXTS
            and data[at + 10] == length - 9
        ):
            raise ValueError
        at += length + 2
        values += 4
    if at != end:
        raise ValueError
    return values


def _flat_extensions(data: bytes, at: int, end: int, cap: int) -> tuple[tuple[bytes, ...], int]:
    """Each of the extensions, and how many values they are. ValueError or IndexError."""
    sequence = _content(data, at, EXTENSIONS)
    at = _content(data, sequence, _SEQUENCE)
    if _end(data, sequence) != end:
        raise ValueError
    parts: list[bytes] = []
    values = 2
    while at < end:
        its_end = _end(data, at)
        part = data[at:its_end]
        inside = _WALKED.get(part)
        if inside is None:
            outline = der.check(part, cap=cap)
            if outline.second:
                raise ValueError
            inside = outline.values
        parts.append(part)
        values += inside
        at = its_end
    if at != end:
        raise ValueError
    return tuple(parts), values


def _content(data: bytes, at: int, tag: int) -> int:
    """Where the content of the value at `at` begins."""
    if data[at] != tag:
        raise ValueError
    length = data[at + 1]
    return at + 2 if length < 0x80 else at + 2 + (length & 0x7F)


def _end(data: bytes, at: int) -> int:
    """Where the value at `at` ends. ValueError for a length that is not minimal, or above 65,535;
    IndexError behind the data."""
    length = data[at + 1]
    if length < 0x80:
        return at + 2 + length
    if length == 0x81 and data[at + 2] >= 0x80:
        return at + 3 + data[at + 2]
    if length == 0x82 and data[at + 2]:
        return at + 4 + (data[at + 2] << 8 | data[at + 3])
    raise ValueError
