"""What is believed of the process apart: that a certificate is good only where this process finds,
without understanding it, that a pinned root signed its very bytes and its key the very statement.

So whoever takes that process over with a certificate of his own has gained nothing: none of his is
signed by a root, and for somebody else's he has no signature over this statement.
"""

from typing import Final

from cryptography.hazmat.primitives.serialization import load_der_public_key

from identity.jpki import algorithms, der, signed_attributes
from identity.jpki.anchors import Anchor, TrustAnchors
from identity.jpki.checklist import CardProof, Judged
from identity.jpki.scanning.scanned import Scanned

_EXPLICIT_VERSION: Final = 0xA0


def issuer_of(scanned: Scanned, anchors: TrustAnchors) -> Anchor | None:
    """The pinned root that signed these bytes. Takes the certificate apart by its outline only."""
    signature = _signature(scanned)
    for anchor in (*anchors.auth, *anchors.sign):
        key = anchor.certificate.public_key
        algorithm = algorithms.for_key(key)
        if algorithm is not None and algorithm.verifies(key, signature, scanned.tbs):
            return anchor
    return None


def holds(judged: Judged, proof: CardProof, scanned: Scanned, issuer: Anchor) -> bool:
    """Whether the judgement is of this certificate and this statement. `issuer` as `issuer_of`
    gave it: so the key that is read here is one that a root has signed."""
    same = (
        judged.issuer_key_sha256 == issuer.key_sha256
        and judged.purpose is issuer.purpose
        and judged.serial == _serial(scanned)
    )
    return same and _signed(judged, proof, scanned)


def _signed(judged: Judged, proof: CardProof, scanned: Scanned) -> bool:
    key = load_der_public_key(scanned.key)
    algorithm = algorithms.for_key(key)
    if algorithm is None:
        return False
    attributes = signed_attributes.build(
        proof.statement, proof.certificate, proof.statement_type, algorithm
    )
    return attributes == judged.signed_attributes and algorithm.verifies(
        key, proof.signature, attributes
    )


def _signature(scanned: Scanned) -> bytes:
    """The issuer's: the third value, a BIT STRING, whose first octet says that none is unused."""
    data, size = scanned.der, len(scanned.der)
    signed = der.read(data, der.read(data, 0, size).content, size)
    algorithm = der.read(data, signed.end, size)
    signature = der.read(data, algorithm.end, size)
    return data[signature.content + 1 : signature.end]


def _serial(scanned: Scanned) -> int:
    data, size = scanned.tbs, len(scanned.tbs)
    whole = der.read(data, 0, size)
    first = der.read(data, whole.content, size)
    version = first.tag == _EXPLICIT_VERSION
    serial = der.read(data, first.end, size) if version else first
    return int.from_bytes(data[serial.content : serial.end])
