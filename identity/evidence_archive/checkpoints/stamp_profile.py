"""What a library that verifies time-stamps leaves open, and RFC 3161 and RFC 5652 ask for.

It finds the signature good and the chain led to a root. Also needed: that the signature is over
signed attributes of a time-stamp (else another signature of that key could be taken for one), that
it names its certificate (2.4.1), and that nothing in it is by an algorithm that can be forged.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]  # it has none
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

DIGESTS: Final = ("sha256", "sha384", "sha512")
RSA_BITS: Final = (2048, 8192)
CURVES: Final = ("secp256r1", "secp384r1", "secp521r1")
_SIGNATURES: Final = (
    "rsassa_pkcs1v15",
    *(f"{digest}_{key}" for digest in DIGESTS for key in ("rsa", "ecdsa")),
)
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def problem(response: bytes, signer: x509.Certificate, chain: Sequence[x509.Certificate]) -> str:
    """A stable code, "" for none. `response` has passed the scan of its DER and was verified;
    `chain` goes from the signer up to the pinned root, whose own signature proves nothing."""
    try:
        (signed,) = tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"]["content"][
            "signer_infos"
        ]
        if _issues(signer):
            return "signer_issues_certificates"
        if not _strong(signed, chain):
            return "weak"
        return _attributes(signed["signed_attrs"], signer)
    except _UNREADABLE:
        return "unreadable"


def _issues(signer: x509.Certificate) -> bool:
    try:
        return signer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _strong(signed: cms.SignerInfo, chain: Sequence[x509.Certificate]) -> bool:
    named = (signed["digest_algorithm"]["algorithm"].native in DIGESTS) and (
        signed["signature_algorithm"]["algorithm"].native in _SIGNATURES
    )
    hashes = [one.signature_hash_algorithm for one in chain[:-1]]
    return (
        named
        and all(found is not None and found.name in DIGESTS for found in hashes)
        and all(_strong_key(one) for one in chain)
    )


def _strong_key(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return RSA_BITS[0] <= key.key_size <= RSA_BITS[1]
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES


def _attributes(signed: core.Asn1Value, signer: x509.Certificate) -> str:
    found: dict[str, Any] = {}
    for one in () if isinstance(signed, core.Void) else signed:
        name = one["type"].native
        if name in found or len(one["values"]) != 1:
            return "signed_attributes"
        found[name] = one["values"][0]
    if not {"content_type", "message_digest"} <= set(found):
        return "signed_attributes"
    if found["content_type"].native != "tst_info":
        return "signed_attributes"
    return "" if _names(found, signer.public_bytes(Encoding.DER)) else "another_certificate"


def _names(attributes: dict[str, Any], signer: bytes) -> bool:
    """By all the attributes there are for it: ESSCertID (SHA-1, RFC 2634) and ESSCertIDv2."""
    told = []
    if "signing_certificate" in attributes:
        said = attributes["signing_certificate"]["certs"][0]
        told.append(
            said["cert_hash"].native == hashlib.sha1(signer, usedforsecurity=False).digest()
        )
    if "signing_certificate_v2" in attributes:
        said = attributes["signing_certificate_v2"]["certs"][0]
        digest = said["hash_algorithm"]["algorithm"].native
        told.append(
            digest in DIGESTS and said["cert_hash"].native == hashlib.new(digest, signer).digest()
        )
    return bool(told) and all(told)
