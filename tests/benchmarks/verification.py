"""One card verification against the two bare RSA verifications that it cannot do without.

Every tap of a round brings another card: what the issuer writes alike into all of them may be
known, what is one card's own is always new. So the yardstick has the issuer's key ready and loads
the card's (which costs 1.5 µs, and OpenSSL 8 µs more for a key that it has not used before).
"""

from collections.abc import Iterator
from itertools import cycle

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from cryptography.x509 import load_der_x509_certificate

from identity.jpki import signed_attributes
from identity.jpki.anchors import Purpose
from identity.jpki.checklist import CardProof
from identity.jpki.signed_attributes import StatementType
from identity.verification.model import ProvenCard
from identity.verification.service import CardVerifier
from stand_ins.jpki import names
from stand_ins.jpki.people import PEOPLE
from tests.benchmarks.rounds import Measured, compare_async
from tests.identity.jpki import synthetic
from tests.identity.verification.sources import Answering, NeverApart

STATEMENT = b'{"v":1}'
CARDS = 100
KEYS = 12


async def measure() -> list[Measured]:
    told = []
    for purpose, goal in ((Purpose.AUTH, ">= 0.35"), (Purpose.SIGN, "told")):
        proofs = [_card(purpose, n) for n in range(CARDS)]
        told.append(await _compared(purpose, proofs, goal))
    return told


async def _compared(purpose: Purpose, proofs: list[CardProof], goal: str) -> Measured:
    verifier = CardVerifier(synthetic.trust(), Answering(), NeverApart())
    taps, bare = cycle(proofs), cycle(list(_bare(proofs)))
    issuer = synthetic.authority(purpose.value).certificate.public_key()
    assert isinstance(issuer, rsa.RSAPublicKey)
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()

    async def ours() -> None:
        assert isinstance(await verifier.verify(next(taps), at=synthetic.NOW), ProvenCard)

    async def two_verifies() -> None:
        encoded, signature, attributes, by_issuer, signed = next(bare)
        key = load_der_public_key(encoded)
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signature, attributes, scheme, digest)
        issuer.verify(by_issuer, signed, scheme, digest)

    what = "authentication" if purpose is Purpose.AUTH else "signature, with its attributes"
    return await compare_async(
        f"card verification ({what}), against two RSA-2048 verifies",
        ours,
        two_verifies,
        times=CARDS,
        goal=goal,
    )


def _card(purpose: Purpose, n: int) -> CardProof:
    signer = synthetic.key(synthetic.OTHER_KEY + 1 + n % KEYS)
    home = PEOPLE["hanako"].home
    certificate = synthetic.leaf(
        purpose.value,
        serial=0x0203_0000 + n,
        public_key=signer.public_key(),
        subject=names.holder(purpose.value, f"{n:08d}EF56GH98101001A", home.prefecture, home.city),
    )
    return CardProof(
        certificate=certificate,
        signature=synthetic.tap(STATEMENT, certificate, signer=signer),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )


def _bare(
    proofs: list[CardProof],
) -> Iterator[tuple[bytes, bytes, bytes, bytes, bytes]]:
    """The card's encoded key, its signature and what it signed; the issuer's signature and that."""
    for proof in proofs:
        leaf = load_der_x509_certificate(proof.certificate)
        key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        attributes = signed_attributes.build(STATEMENT, proof.certificate, StatementType.CALL)
        yield key, proof.signature, attributes, leaf.signature, leaf.tbs_certificate_bytes
