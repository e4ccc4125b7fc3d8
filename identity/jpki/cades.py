"""The record of a tap as a file others can check: CAdES-BES, detached (RFC 5652, ETSI EN 319 122).

`openssl cms -verify -cades -binary -inform DER -in signature.p7s -content statement.json
-CAfile roots.pem -purpose any -attime EPOCH` accepts it, and refuses it when a byte of the
statement changes.
"""

from dataclasses import dataclass, field
from typing import Final

from asn1crypto import algos, cms, core, x509  # type: ignore[import-untyped]  # ships no types
from cryptography.hazmat.primitives.serialization import Encoding

from identity.jpki import algorithms, der, signed_attributes
from identity.jpki import certificate as certificates
from identity.jpki.algorithms import P256_SHA256, P384_SHA384, RSA_2048_SHA256
from identity.jpki.certificate import Certificate
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType

MAX_OCTETS: Final = 64 * 1024
_MOST_VALUES: Final = 2048
# How a record names the signature of each row (RFC 3370: a PKCS#1 v1.5 signature by its key).
_SIGNATURES: Final = {
    RSA_2048_SHA256.name: "rsassa_pkcs1v15",
    P256_SHA256.name: "sha256_ecdsa",
    P384_SHA384.name: "sha384_ecdsa",
}


def signed_data(
    *, statement: bytes, statement_type: StatementType, certificate: Certificate, signature: bytes
) -> bytes:
    """DER of the ContentInfo that holds certificate, signed attributes and signature.

    Says nothing about whether the signature is good: give it what verification has accepted.
    """
    algorithm = algorithms.for_key(certificate.public_key)
    assert algorithm is not None  # what verification has accepted has one
    content_type = signed_attributes.content_type(statement_type)
    attributes = signed_attributes.build(statement, certificate.der, statement_type, algorithm)
    holder = x509.Certificate.load(certificate.der)
    digest = algos.DigestAlgorithm({"algorithm": algorithm.digest})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": holder.issuer, "serial_number": certificate.serial}
                ),
            ),
            "digest_algorithm": digest,
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": algos.SignedDigestAlgorithm(
                {"algorithm": _SIGNATURES[algorithm.name]}
            ),
            "signature": core.OctetString(signature),
        }
    )
    content = cms.SignedData(
        {
            # RFC 5652, 5.1: version 3 because the content is not id-data.
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": content_type},
            "certificates": [cms.CertificateChoices("certificate", holder)],
            "signer_infos": [signer],
        }
    )
    record: bytes = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
    return record


@dataclass(frozen=True, slots=True, kw_only=True)
class TapRecord:
    """What a record holds. Not yet verified: `jpki/checklist` judges it as it judges a tap."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    statement_type: StatementType


def read(record: bytes, statement: bytes) -> TapRecord | Refusal:
    """The tap in a record of at most 64 kB over this statement, if the record is exactly what
    `signed_data` makes of that tap. Any other way of writing it, unsigned attributes, further
    certificates or signers, another statement: refused, before a library decodes the record.
    """
    try:
        der.check(record, cap=MAX_OCTETS, most=_MOST_VALUES)
        found = _parts(record)
    except (ValueError, IndexError):
        return Refusal(code=Code.RECORD_MALFORMED)
    leaf = certificates.read(found.certificate)
    if isinstance(leaf, Refusal):
        return leaf
    if algorithms.for_key(leaf.public_key) is None:
        return Refusal(code=Code.KEY_UNSUPPORTED)
    again = signed_data(
        statement=statement,
        statement_type=found.statement_type,
        certificate=leaf,
        signature=found.signature,
    )
    return found if again == record else Refusal(code=Code.RECORD_DIFFERS)


def _parts(record: bytes) -> TapRecord:
    """Where they must lie; what lies beside them shows when the record is made again."""

    def inside(element: der.Element, *way: int) -> der.Element:
        for step in way:
            element = der.children(record, element)[step]
        return element

    signed = inside(der.whole(record), 1, 0)
    kind, leaf, answer = (
        inside(signed, 2, 0),  # encapContentInfo, eContentType
        inside(signed, 3, 0),  # certificates
        inside(signed, 4, 0, 5),  # signerInfos, signature
    )
    return TapRecord(
        certificate=record[leaf.start : leaf.end],
        signature=record[answer.content : answer.end],
        statement_type=StatementType(record[kind.end - 1]),
    )


def pem(certificate: Certificate) -> str:
    """The certificate as PEM text, as `roots.pem` beside the record needs it."""
    return certificate.loaded.public_bytes(Encoding.PEM).decode("ascii")
