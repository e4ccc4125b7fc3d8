"""The card's signature over the signed attributes: one algorithm per key, its lengths only."""

from identity.jpki import algorithms
from identity.jpki.algorithms import Algorithm
from identity.jpki.certificate import Certificate
from identity.jpki.refusals import Code, Refusal


def check_length(signature: bytes) -> Refusal | None:
    """A cap before anything is parsed: the length must belong to some algorithm of the table."""
    if any(len(signature) in row.signature_sizes for row in algorithms.ALGORITHMS):
        return None
    return Refusal(code=Code.SIGNATURE_LENGTH, facts={"octets": str(len(signature))})


def check_signature(
    certificate: Certificate, algorithm: Algorithm, signature: bytes, signed_attributes: bytes
) -> Refusal | None:
    """Refuses any length, padding or encoding but that of the key's row in the table."""
    if len(signature) not in algorithm.signature_sizes:
        return Refusal(code=Code.SIGNATURE_LENGTH, facts={"octets": str(len(signature))})
    if not algorithm.verifies(certificate.public_key, signature, signed_attributes):
        return Refusal(code=Code.SIGNATURE_MISMATCH)
    return None
