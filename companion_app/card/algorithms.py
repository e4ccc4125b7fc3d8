"""Which keys the app lets a card sign with, as a table, and how their signatures are written.

The app needs no ASN.1 library: it walks to the public key of the certificate (RFC 5280) and
compares the bytes in front of the key. A key of any other kind is not signed with.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Digest: TypeAlias = Literal["sha256", "sha384"]

_SEQUENCE, _INTEGER, _VERSION = 0x30, 0x02, 0xA0


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """`key_head` is what stands before the key in SubjectPublicKeyInfo, which has `key_size` octets
    in all. `input_head` stands before the hash in what the card gets: the DigestInfo of PKCS#1
    v1.5, and nothing for a curve. `half` is the octets of r and of s, 0 for RSA."""

    name: str
    key_head: bytes
    key_size: int
    digest: Digest
    input_head: bytes = b""
    half: int = 0

    def written(self, answer: bytes) -> bytes | None:
        """A card's answer as the service takes it; None when it can be no signature.

        RSA as it comes. Of a curve the DER of r and s (RFC 3279): cards answer with that, as Java
        Card's do, or with the bare pair, as many ISO 7816-8 cards do.
        """
        if not self.half or _is_two_integers(answer):
            return answer or None
        if len(answer) != 2 * self.half:
            return None
        pair = _integer(answer[: self.half]) + _integer(answer[self.half :])
        return bytes([_SEQUENCE, len(pair)]) + pair


RSA_2048: Final = Algorithm(
    name="RSA-2048",
    key_head=bytes.fromhex(
        "30820122 300D 06092A864886F70D010101 0500 0382010F00 3082010A 0282010100"
    ),
    key_size=294,
    digest="sha256",
    input_head=bytes.fromhex("3031300D060960864801650304020105000420"),
)
P256: Final = Algorithm(
    name="P-256",
    key_head=bytes.fromhex("3059 3013 06072A8648CE3D0201 06082A8648CE3D030107 034200 04"),
    key_size=91,
    digest="sha256",
    half=32,
)
P384: Final = Algorithm(
    name="P-384",
    key_head=bytes.fromhex("3076 3010 06072A8648CE3D0201 06052B81040022 036200 04"),
    key_size=120,
    digest="sha384",
    half=48,
)
ALGORITHMS: Final = (RSA_2048, P256, P384)


def algorithm_of(certificate: bytes) -> Algorithm | None:
    """By the public key in a certificate's DER; None for any other key, and for what is none."""
    try:
        key = _public_key(certificate)
    except (IndexError, ValueError):
        return None
    fits = (row for row in ALGORITHMS if key.startswith(row.key_head) and len(key) == row.key_size)
    return next(fits, None)


def _public_key(certificate: bytes) -> bytes:
    """SubjectPublicKeyInfo: the sixth field of the certificate's body, after the version."""
    _, place, _ = _element(certificate, 0)
    _, place, _ = _element(certificate, place)
    tag, _, end = _element(certificate, place)
    if tag == _VERSION:
        place = end
    for _ in range(5):  # serial, algorithm, issuer, validity, subject
        _, _, place = _element(certificate, place)
    _, _, end = _element(certificate, place)
    return certificate[place:end]


def _element(der: bytes, place: int) -> tuple[int, int, int]:
    """Tag, and where the content begins and ends. ValueError beyond the end of everything."""
    tag, first, start = der[place], der[place + 1], place + 2
    length = first
    if first & 0x80:
        octets = first & 0x7F
        if not 1 <= octets <= 3:
            raise ValueError("no length of DER that fits a card")
        length = int.from_bytes(der[start : start + octets], "big")
        start += octets
    if start + length > len(der):
        raise ValueError("an element reaches beyond the end")
    return tag, start, start + length


def _is_two_integers(answer: bytes) -> bool:
    try:
        outer, place, end = _element(answer, 0)
        first, _, place = _element(answer, place)
        second, _, place = _element(answer, place)
    except (IndexError, ValueError):
        return False
    return (outer, first, second) == (_SEQUENCE, _INTEGER, _INTEGER) and place == end == len(answer)


def _integer(octets: bytes) -> bytes:
    """DER of a positive number: no needless zero in front, one where the first bit is set."""
    digits = octets.lstrip(b"\x00") or b"\x00"
    if digits[0] & 0x80:
        digits = b"\x00" + digits
    return bytes([_INTEGER, len(digits)]) + digits
