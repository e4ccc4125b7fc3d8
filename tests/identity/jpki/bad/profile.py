"""Certificates of the right authority that no card of ours should have: extensions, names, use."""

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from identity.jpki.refusals import Code
from stand_ins.jpki import certificates, names
from stand_ins.jpki.certificates import Extensions, key_usage
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.bad.editing import Maker, usage, with_extension, without_extension
from tests.identity.jpki.synthetic import authority, leaf, replacing

_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.99"), b"\x05\x00")
_CONSTRAINTS = x509.NameConstraints([x509.DNSName("example.invalid")], None)
_SKI = x509.SubjectKeyIdentifier(b"\x01" * 20)
_AKI = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
_AIA = x509.AuthorityInformationAccess(
    [
        x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(names.OCSP_URI)
        )
    ]
)


def _named(*parts: tuple[x509.ObjectIdentifier, str]) -> Maker:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    return lambda: leaf(subject=name)


def _several_in_one_part() -> bytes:
    part = x509.RelativeDistinguishedName(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "X"),
            x509.NameAttribute(NameOID.LOCALITY_NAME, "Y"),
        ]
    )
    country = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")])
    return leaf("sign", subject=x509.Name([country, part]))


def _attribute_twice() -> bytes:
    def change(extensions: Extensions) -> Extensions:
        person = certificates.person_attributes(PEOPLE["hanako"])
        twice = x509.SubjectAlternativeName([*person, certificates.other_name(1, "別　人")])
        return replacing(twice, critical=False)(extensions)

    return leaf("sign", change=change)


_C, _CN, _L = NameOID.COUNTRY_NAME, NameOID.COMMON_NAME, NameOID.LOCALITY_NAME
PROFILE: dict[str, tuple[Code, Maker]] = {
    "unknown critical extension": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        with_extension(_UNKNOWN, critical=True),
    ),
    "unknown extension": (Code.EXTENSION_UNKNOWN, with_extension(_UNKNOWN)),
    "critical policy constraints": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        with_extension(x509.PolicyConstraints(0, None), critical=True),
    ),
    "inhibit any policy": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        with_extension(x509.InhibitAnyPolicy(0), critical=True),
    ),
    "a freshest list": (
        Code.EXTENSION_UNKNOWN,
        with_extension(
            x509.FreshestCRL(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier("http://a.invalid")], None, None, None
                    )
                ]
            )
        ),
    ),
    "no revocation check asked": (Code.EXTENSION_UNKNOWN, with_extension(x509.OCSPNoCheck())),
    "critical name constraints in a leaf": (
        Code.NAME_CONSTRAINTS,
        with_extension(_CONSTRAINTS, critical=True),
    ),
    "name constraints in a leaf": (Code.NAME_CONSTRAINTS, with_extension(_CONSTRAINTS)),
    "an attribute twice": (Code.OTHER_NAME_DUPLICATE, _attribute_twice),
    "attributes in an authentication leaf": (
        Code.ATTRIBUTES_UNEXPECTED,
        with_extension(certificates.person_attributes(PEOPLE["hanako"])),
    ),
    "a mail address among the attributes": (
        Code.ATTRIBUTES_UNEXPECTED,
        with_extension(
            x509.SubjectAlternativeName(
                [*certificates.person_attributes(PEOPLE["hanako"]), x509.RFC822Name("a@b.invalid")]
            ),
            purpose="sign",
        ),
    ),
    "empty subject": (Code.LEAF_SUBJECT, lambda: leaf(subject=x509.Name([]))),
    "a subject without common name": (Code.LEAF_SUBJECT, _named((_C, "JP"))),
    "a subject of another country": (Code.LEAF_SUBJECT, _named((_C, "US"), (_CN, "X"))),
    "a subject that begins with its common name": (
        Code.LEAF_SUBJECT,
        _named((_CN, "X"), (_C, "JP")),
    ),
    "two common names": (Code.LEAF_SUBJECT, _named((_C, "JP"), (_CN, "X"), (_CN, "Y"))),
    "an organisation in the subject": (
        Code.LEAF_SUBJECT,
        _named((_C, "JP"), (NameOID.ORGANIZATION_NAME, "JPKI"), (_CN, "X")),
    ),
    "a place in an authentication leaf": (
        Code.LEAF_SUBJECT,
        _named((_C, "JP"), (_L, "Kazemichi-shi"), (_CN, "X")),
    ),
    "two attributes in one part of the subject": (Code.LEAF_SUBJECT, _several_in_one_part),
    "a CA": (
        Code.LEAF_IS_CA,
        with_extension(x509.BasicConstraints(ca=True, path_length=None)),
    ),
    "no key usage": (Code.KEY_USAGE, without_extension(x509.KeyUsage)),
    "key usage not critical": (Code.EXTENSION_CRITICALITY, with_extension(usage())),
    "key usage without digitalSignature": (
        Code.KEY_USAGE,
        with_extension(key_usage(repudiation=True), critical=True),
    ),
    "key usage for certificates": (
        Code.KEY_USAGE,
        with_extension(usage(key_cert_sign=True), critical=True),
    ),
    "key usage for lists": (Code.KEY_USAGE, with_extension(usage(crl_sign=True), critical=True)),
    "key usage for encryption": (
        Code.KEY_USAGE,
        with_extension(usage(key_encipherment=True), critical=True),
    ),
    "key usage for agreement": (
        Code.KEY_USAGE,
        with_extension(usage(key_agreement=True), critical=True),
    ),
    "authentication leaf with nonRepudiation": (
        Code.KEY_USAGE,
        with_extension(usage(content_commitment=True), critical=True),
    ),
    "signature leaf without nonRepudiation": (
        Code.KEY_USAGE,
        with_extension(usage(), critical=True, purpose="sign"),
    ),
    "extended key usage for servers": (
        Code.EXTENDED_KEY_USAGE,
        with_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])),
    ),
    "extended key usage for anything": (
        Code.EXTENDED_KEY_USAGE,
        with_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])),
    ),
    "extended key usage in a signature leaf": (
        Code.EXTENDED_KEY_USAGE,
        with_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), purpose="sign"),
    ),
    "no authority key identifier": (
        Code.KEY_IDENTIFIER,
        without_extension(x509.AuthorityKeyIdentifier),
    ),
    "the key identifier of another generation": (
        Code.KEY_IDENTIFIER,
        with_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority("auth", "g1").key.public_key()
            )
        ),
    ),
    "the serial of another root": (
        Code.KEY_IDENTIFIER,
        with_extension(
            x509.AuthorityKeyIdentifier(
                None, [x509.DirectoryName(authority("auth").certificate.subject)], 7
            )
        ),
    ),
    "the name of another authority": (
        Code.KEY_IDENTIFIER,
        with_extension(
            x509.AuthorityKeyIdentifier(
                None, [x509.DirectoryName(authority("sign").certificate.subject)], 7
            )
        ),
    ),
    "no subject key identifier": (
        Code.KEY_IDENTIFIER,
        without_extension(x509.SubjectKeyIdentifier),
    ),
    "critical subject key identifier": (
        Code.EXTENSION_CRITICALITY,
        with_extension(_SKI, critical=True),
    ),
    "critical authority key identifier": (
        Code.EXTENSION_CRITICALITY,
        with_extension(_AKI, critical=True),
    ),
    "critical authority information": (
        Code.EXTENSION_CRITICALITY,
        with_extension(_AIA, critical=True),
    ),
    "critical attributes": (
        Code.EXTENSION_CRITICALITY,
        with_extension(
            certificates.person_attributes(PEOPLE["hanako"]), critical=True, purpose="sign"
        ),
    ),
}
