"""Answers of a time-stamp authority as one wants them, also with everything wrong that a real one
would never send. Certificates by `cryptography`, the rest by asn1crypto."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asn1crypto import algos, cms, core, tsp  # type: ignore[import-untyped]  # it has none
from asn1crypto import x509 as plain
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DATA: Final = b"a checkpoint"
NOW: Final = datetime.now(UTC).replace(microsecond=0)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
STAMPS: Final = (ExtendedKeyUsageOID.TIME_STAMPING,)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a certificate is to say."""

    name: str
    ca: bool = False
    path: int | None = None
    usages: Sequence[x509.ObjectIdentifier] = STAMPS
    critical: bool = True
    days: tuple[int, int] = (-10, 10)
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))


def certified(wanted: Wanted, by: Holder | None = None) -> Holder:
    """By itself where nobody is named."""
    issuer = by.certificate.subject if by else _name(wanted.name)
    first, last = (NOW + timedelta(days=days) for days in wanted.days)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(wanted.name))
        .issuer_name(issuer)
        .public_key(wanted.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=wanted.ca, path_length=wanted.path), critical=True)
    )
    if wanted.usages:
        made = made.add_extension(x509.ExtendedKeyUsage(wanted.usages), critical=wanted.critical)
    signer = by.key if by else wanted.key
    return Holder(certificate=made.sign(signer, hashes.SHA256()), key=wanted.key)


def root(name: str = "R", **more: Any) -> Holder:
    return certified(Wanted(name=name, ca=True, usages=(), **more))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`names` is the certificate that the signed attributes name, None for none."""

    signer: Holder
    others: Sequence[Holder] = ()
    at: datetime = NOW
    digest: str = "sha256"
    imprint: str = "sha256"
    content_type: str = "tst_info"
    names: Holder | None = None
    names_by: str = "signing_certificate_v2"
    attributes: bool = True
    twice: bool = False

    def but(self, **changes: Any) -> "Answer":
        return replace(self, **changes)

    def encoded(self) -> bytes:
        told = self._told()
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [_digest(self.digest)],
                "encap_content_info": {"content_type": "tst_info", "content": told},
                "certificates": [
                    cms.CertificateChoices("certificate", plain.Certificate.load(der))
                    for der in sorted(one.der for one in (self.signer, *self.others))
                ],
                "signer_infos": [self._signed(told.dump())] * (2 if self.twice else 1),
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
        return bytes(response.dump())

    def _told(self) -> tsp.TSTInfo:
        return tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.32473.1",
                "message_imprint": {
                    "hash_algorithm": _digest(self.imprint),
                    "hashed_message": hashlib.new(self.imprint, DATA).digest(),
                },
                "serial_number": 1,
                "gen_time": self.at,
            }
        )

    def _signed(self, told: bytes) -> dict[str, Any]:
        signer = plain.Certificate.load(self.signer.der)
        attributes = self._attributes(told)
        kind = "ecdsa" if isinstance(self.signer.key, ec.EllipticCurvePrivateKey) else "rsa"
        said = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": signer.issuer, "serial_number": signer.serial_number},
            ),
            "digest_algorithm": _digest(self.digest),
            "signature_algorithm": {"algorithm": f"{self.digest}_{kind}"},
            "signature": self._signature(attributes.dump() if self.attributes else told),
        }
        return said | ({"signed_attrs": attributes} if self.attributes else {})

    def _attributes(self, told: bytes) -> cms.CMSAttributes:
        digest = hashlib.new(self.digest, told).digest()
        found = [("content_type", self.content_type), ("message_digest", core.OctetString(digest))]
        if self.names is not None:
            v2 = self.names_by.endswith("v2")
            shape = tsp.SigningCertificateV2 if v2 else tsp.SigningCertificate
            by = hashlib.new("sha256" if v2 else "sha1", self.names.der).digest()
            found.append((self.names_by, shape({"certs": [{"cert_hash": by}]})))
        return cms.CMSAttributes(
            [cms.CMSAttribute({"type": name, "values": [value]}) for name, value in found]
        )

    def _signature(self, what: bytes) -> bytes:
        hashed = _HASHES[self.digest]
        if isinstance(self.signer.key, ec.EllipticCurvePrivateKey):
            return self.signer.key.sign(what, ec.ECDSA(hashed))
        return self.signer.key.sign(what, padding.PKCS1v15(), hashed)


_HASHES: Final = {
    "sha256": hashes.SHA256(),
    "sha1": hashes.SHA1(),  # noqa: S303  # what must be refused
    "md5": hashes.MD5(),  # noqa: S303  # what must be refused
}


def _digest(name: str) -> algos.DigestAlgorithm:
    return algos.DigestAlgorithm({"algorithm": name})


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
