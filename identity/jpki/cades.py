"""The record of a tap as a file others can check: CAdES-BES, detached (RFC 5652, ETSI EN 319 122).

`openssl cms -verify -cades -binary -inform DER -in signature.p7s -content statement.json
-CAfile roots.pem -purpose any -attime EPOCH` accepts it, and refuses it when a byte of the
statement changes.
"""

from asn1crypto import algos, cms, core, x509  # type: ignore[import-untyped]  # ships no types
from cryptography.hazmat.primitives.serialization import Encoding

from identity.jpki import signed_attributes
from identity.jpki.certificate import Certificate
from identity.jpki.signed_attributes import StatementType

_SHA256 = "sha256"


def signed_data(
    *, statement: bytes, statement_type: StatementType, certificate: Certificate, signature: bytes
) -> bytes:
    """DER of the ContentInfo that holds certificate, signed attributes and signature.

    Says nothing about whether the signature is good: give it what verification has accepted.
    """
    content_type = signed_attributes.content_type(statement_type)
    attributes = signed_attributes.build(statement, certificate.der, statement_type)
    holder = x509.Certificate.load(certificate.der)
    digest = algos.DigestAlgorithm({"algorithm": _SHA256})
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
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"}),
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


def pem(certificate: Certificate) -> str:
    """The certificate as PEM text, as `roots.pem` beside the record needs it."""
    return certificate.loaded.public_bytes(Encoding.PEM).decode("ascii")
