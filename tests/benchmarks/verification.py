"""One card verification against the two bare RSA verifications that it cannot do without."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate

from identity.jpki import signed_attributes
from identity.jpki.checklist import CardProof
from identity.jpki.signed_attributes import StatementType
from identity.verification.model import ProvenCard
from identity.verification.service import CardVerifier
from tests.benchmarks.rounds import Measured, compare_async
from tests.identity.jpki import synthetic
from tests.identity.verification.sources import Answering, NeverApart

STATEMENT = b'{"v":1}'


async def measure() -> list[Measured]:
    certificate = synthetic.leaf()
    signature = synthetic.tap(STATEMENT, certificate)
    attributes = signed_attributes.build(STATEMENT, certificate, StatementType.CALL)
    proof = CardProof(
        certificate=certificate,
        signature=signature,
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    verifier = CardVerifier(synthetic.trust(), Answering(), NeverApart())
    leaf = load_der_x509_certificate(certificate)
    key, issuer = leaf.public_key(), synthetic.authority("auth").certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert isinstance(issuer, rsa.RSAPublicKey)
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()

    async def ours() -> None:
        assert isinstance(await verifier.verify(proof, at=synthetic.NOW), ProvenCard)

    async def two_verifies() -> None:
        key.verify(signature, attributes, scheme, digest)
        issuer.verify(leaf.signature, leaf.tbs_certificate_bytes, scheme, digest)

    told = await compare_async(
        "card verification, against two RSA-2048 verifies",
        ours,
        two_verifies,
        times=100,
        goal=">= 0.35",
    )
    return [told]
