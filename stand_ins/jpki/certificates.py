"""Roots, leaves and revocation lists of the synthetic JPKI, one function each.

RSA-2048 with SHA-256, as today; P-256 with SHA-256 and P-384 with SHA-384 where a caller gives such
keys. Root and leaf extensions follow the public descriptions:
critical certificatePolicies with a CPS URI, AIA with an OCSP URL on a reserved host, CRL
distribution point as directory name, issuerAltName, key identifiers, small serials.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from stand_ins.jpki import names
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import Municipality, Person

Extensions = list[tuple[x509.ExtensionType, bool]]
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Curve = Literal["P-256", "P-384"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Authority:
    """One generation of one purpose: `label` is g1, g2 or unknown."""

    purpose: Purpose
    label: str
    certificate: x509.Certificate
    key: SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """`reason` is an RFC 5280 name such as keyCompromise; None leaves the extension out."""

    serial: int
    at: datetime
    reason: str | None


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def new_curve_key(curve: Curve) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1() if curve == "P-256" else ec.SECP384R1())


def hash_of(key: SigningKey | PublicKey) -> hashes.SHA256 | hashes.SHA384:
    """The hash that goes with a key: SHA-384 with P-384 alone."""
    return hashes.SHA384() if key.key_size == 384 else hashes.SHA256()


def signature(key: SigningKey, message: bytes) -> bytes:
    """PKCS#1 v1.5, or the DER of an ECDSA signature."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hash_of(key))
    return key.sign(message, ec.ECDSA(hash_of(key)))


def key_usage(*, sign: bool = False, repudiation: bool = False, ca: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=repudiation,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _directory_point(name: x509.Name) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint(
        full_name=[x509.DirectoryName(name)], relative_name=None, reasons=None, crl_issuer=None
    )
    return x509.CRLDistributionPoints([point])


def root_extensions(purpose: Purpose, key: SigningKey, name: x509.Name) -> Extensions:
    alternative = x509.SubjectAlternativeName([x509.DirectoryName(names.authority_ja(purpose))])
    return [
        (key_usage(ca=True), True),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (alternative, False),
        (_directory_point(name), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]


def person_attributes(person: Person) -> x509.SubjectAlternativeName:
    """The six otherNames, in the order seen on cards (1, 4, 3, 5, 2, 6)."""
    values = {
        1: person.name,
        4: person.birth_date,
        3: person.sex,
        5: person.address,
        2: person.flags_of_name(),
        6: person.flags_of_address(),
    }
    return x509.SubjectAlternativeName([other_name(tail, text) for tail, text in values.items()])


def other_name(tail: int, text: str) -> x509.OtherName:
    oid = x509.ObjectIdentifier(f"{names.ATTRIBUTE_ARC}.{tail}")
    return x509.OtherName(oid, core.UTF8String(text).dump())


def leaf_extensions(
    purpose: Purpose,
    authority: Authority,
    public_key: PublicKey,
    person: Person,
    *,
    client_auth: bool = True,
) -> Extensions:
    """Extensions with their criticality; a caller may replace some before signing."""
    ocsp = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(names.OCSP_URI)
    )
    home = names.distribution_point(purpose, person.home.prefecture, person.home.city)
    issuer_key = authority.key.public_key()
    extensions: Extensions = [
        (key_usage(sign=True, repudiation=purpose == "sign"), True),
        (
            x509.CertificatePolicies(
                [x509.PolicyInformation(names.POLICY[purpose], [names.CPS_URI])]
            ),
            True,
        ),
        (x509.IssuerAlternativeName([x509.DirectoryName(names.authority_ja(purpose))]), False),
        (_directory_point(home), False),
        (x509.AuthorityInformationAccess([ocsp]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), False),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
        (x509.BasicConstraints(ca=False, path_length=None), False),
    ]
    if purpose == "sign":
        extensions.append((person_attributes(person), False))
    elif client_auth:
        extensions.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False))
    return extensions


def sign_certificate(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    signer: SigningKey,
    serial: int,
    valid: tuple[datetime, datetime],
    extensions: Extensions,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hash_of(signer))


def make_root(
    purpose: Purpose,
    label: str,
    key: SigningKey,
    *,
    serial: int,
    valid: tuple[datetime, datetime],
    organisation: str = names.ORGANISATION,
) -> Authority:
    """A self-signed authority. Every generation of a purpose has the same DN."""
    name = names.authority(purpose, organisation)
    certificate = sign_certificate(
        subject=name,
        issuer=name,
        public_key=key.public_key(),
        signer=key,
        serial=serial,
        valid=valid,
        extensions=root_extensions(purpose, key, name),
    )
    return Authority(purpose=purpose, label=label, certificate=certificate, key=key)


def make_crl(
    authority: Authority,
    municipality: Municipality | None,
    entries: Iterable[RevokedEntry],
    *,
    valid: tuple[datetime, datetime],
    number: int = 1,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """DER of a revocation list; without a municipality it covers the whole authority."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(valid[0])
        .next_update(valid[1])
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
    )
    if municipality is not None:
        builder = builder.add_extension(_scope(authority.purpose, municipality), critical=True)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    for entry in entries:
        builder = builder.add_revoked_certificate(_revoked(entry))
    return builder.sign(authority.key, hash_of(authority.key)).public_bytes(Encoding.DER)


def _scope(purpose: Purpose, municipality: Municipality) -> x509.IssuingDistributionPoint:
    name = names.distribution_point(purpose, municipality.prefecture, municipality.city)
    return x509.IssuingDistributionPoint(
        full_name=[x509.DirectoryName(name)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )


def _revoked(entry: RevokedEntry) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at)
    if entry.reason is not None:
        reason = x509.CRLReason(x509.ReasonFlags(entry.reason))
        builder = builder.add_extension(reason, critical=False)
    return builder.build()
