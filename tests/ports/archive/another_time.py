"""An authority that says any time, for what only years bring: `openssl ts` says the present one.

The answer is RFC 3161's and CMS's own, put together by asn1crypto.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, core, tsp, x509  # type: ignore[import-untyped]  # it has none
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_pem_x509_certificate

from identity.evidence_archive.checkpoints.model import Stamp
from identity.evidence_archive.checkpoints.time_stamps import check
from stand_ins.time_stamps.authority import POLICY, Authority
from tests.ports.archive.stamped import roots


@dataclass(kw_only=True)
class SaysAnyTime:
    """The port `TimeStamping`, with an authority's certificate and key."""

    authority: Authority
    at: datetime

    async def stamp(self, data: bytes) -> Stamp:
        return check(self.response(data), data, roots(self.authority))

    def response(self, data: bytes) -> bytes:
        told = _told(data, self.at)
        attributes = _attributes(told.dump(), self._certificate())
        signer = self._certificate()
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [_SHA256],
                "encap_content_info": {"content_type": "tst_info", "content": told},
                "certificates": [cms.CertificateChoices("certificate", signer)],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier(
                            "issuer_and_serial_number",
                            {"issuer": signer.issuer, "serial_number": signer.serial_number},
                        ),
                        "digest_algorithm": _SHA256,
                        "signed_attrs": attributes,
                        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                        "signature": self._sign(attributes.dump()),
                    }
                ],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
        return bytes(response.dump())

    def _certificate(self) -> x509.Certificate:
        pem = (self.authority.folder / "signer.pem").read_bytes()
        return x509.Certificate.load(_der(pem))

    def _sign(self, what: bytes) -> bytes:
        pem = (self.authority.folder / "signer.key").read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(what, ec.ECDSA(hashes.SHA256()))


_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})


def _der(pem: bytes) -> bytes:
    return load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def _told(data: bytes, at: datetime) -> tsp.TSTInfo:
    return tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {
                "hash_algorithm": _SHA256,
                "hashed_message": hashlib.sha256(data).digest(),
            },
            "serial_number": 1,
            "gen_time": at.replace(microsecond=0),
        }
    )


def _attributes(told: bytes, signer: x509.Certificate) -> cms.CMSAttributes:
    by = tsp.SigningCertificateV2(
        {"certs": [{"cert_hash": hashlib.sha256(signer.dump()).digest()}]}
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute(
                {"type": "message_digest", "values": [core.OctetString(_digest(told))]}
            ),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [by]}),
        ]
    )


def _digest(told: bytes) -> bytes:
    return hashlib.sha256(told).digest()
