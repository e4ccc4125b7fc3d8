"""One named bad certificate per mistake, with the function that makes it.

`BAD` maps a name to (the code it must be refused with, its maker). Some mistakes cannot be made
with a builder; those edit the encoding and sign it anew, so that only the mistake is wrong.
"""

from collections.abc import Callable
from datetime import timedelta

from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as loose
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from identity.jpki.refusals import Code
from stand_ins.jpki import certificates, names
from stand_ins.jpki.certificates import Extensions, key_usage
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.synthetic import (
    LEAF_KEY,
    NOW,
    YEAR,
    authority,
    der,
    key,
    leaf,
    replacing,
    without,
)

_SECOND = timedelta(seconds=1)
_UNKNOWN_OID = x509.ObjectIdentifier("1.3.6.1.4.1.32473.99")


def edited(original: bytes, edit: Callable[[loose.TbsCertificate], None]) -> bytes:
    """The certificate after an edit of its tbs, signed anew by the same authority."""
    certificate = loose.Certificate.load(original)
    tbs = certificate["tbs_certificate"]
    edit(tbs)
    signed = tbs.dump(force=True)
    certificate["signature_value"] = authority("auth").key.sign(
        signed, padding.PKCS1v15(), hashes.SHA256()
    )
    whole: bytes = certificate.dump(force=True)
    return whole


def _policies(*oids: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    )


def _signed_by(signer_label: str) -> bytes:
    return leaf(issuer=authority("auth", signer_label))


def _wrong_key_right_name() -> bytes:
    good = authority("auth")
    imposter = certificates.make_root(
        "auth", "x", key(12), serial=7, valid=(NOW - YEAR, NOW + YEAR)
    )
    assert imposter.certificate.subject == good.certificate.subject
    return leaf(issuer=imposter)


def _other_organisation() -> bytes:
    mock = certificates.make_root(
        "auth", "x", key(12), serial=7, valid=(NOW - YEAR, NOW + YEAR), organisation="P8N-MOCK"
    )
    return leaf(issuer=mock)


def _from_the_other_purpose() -> bytes:
    """An authentication leaf, policy and all, that the signature authority signed."""
    return leaf("auth", issuer=authority("sign"))


def _sign_leaf_by_auth_authority() -> bytes:
    return leaf("sign", issuer=authority("auth"))


def _duplicate_extension() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["extensions"].append(tbs["extensions"][0].copy())

    return edited(leaf(), edit)


def _duplicate_attribute() -> bytes:
    def change(extensions: Extensions) -> Extensions:
        person = certificates.person_attributes(PEOPLE["hanako"])
        twice = x509.SubjectAlternativeName([*person, certificates.other_name(1, "別　人")])
        return replacing(twice, critical=False)(extensions)

    return leaf("sign", change=change)


def _version_2() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["version"] = "v2"

    return edited(leaf(), edit)


def _serial(number: int) -> Callable[[], bytes]:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["serial_number"] = number

    return lambda: edited(leaf(), edit)


def _inner_algorithm() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["signature"] = {"algorithm": "sha384_rsa", "parameters": core.Null()}

    return edited(leaf(), edit)


def _signed_with(hash_algorithm: hashes.SHA384, *, pss: bool = False) -> bytes:
    issuer = authority("auth")
    builder = (
        x509.CertificateBuilder()
        .subject_name(names.holder("auth", "X", "P", "C"))
        .issuer_name(issuer.certificate.subject)
        .public_key(key(LEAF_KEY).public_key())
        .serial_number(5)
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
    )
    for value, critical in certificates.leaf_extensions(
        "auth", issuer, key(LEAF_KEY).public_key(), PEOPLE["hanako"]
    ):
        builder = builder.add_extension(value, critical=critical)
    rsa_padding = padding.PSS(padding.MGF1(hash_algorithm), 48) if pss else None
    return der(builder.sign(issuer.key, hash_algorithm, rsa_padding=rsa_padding))


def _rsa(bits: int, exponent: int = 65537) -> bytes:
    return leaf(public_key=rsa.generate_private_key(exponent, bits).public_key())


def _elliptic() -> bytes:
    curve_key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return leaf(public_key=curve_key)  # type: ignore[arg-type]  # the mistake to be made


def _without(kind: type[x509.ExtensionType]) -> Callable[[], bytes]:
    return lambda: leaf(change=without(kind))


def _with(value: x509.ExtensionType, *, critical: bool = False) -> Callable[[], bytes]:
    return lambda: leaf(change=replacing(value, critical=critical))


def _usage(*, certificates_too: bool = False, lists_too: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates_too,
        crl_sign=lists_too,
        encipher_only=False,
        decipher_only=False,
    )


def _time_in_the_wrong_form() -> bytes:
    """RFC 5280, 4.1.2.5: dates through 2049 are UTCTime. Only the second gate knows."""

    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["validity"]["not_after"] = loose.Time("general_time", NOW + YEAR)

    return edited(leaf(), edit)


_CONSTRAINTS = x509.NameConstraints([x509.DNSName("example.invalid")], None)
_SKI = x509.SubjectKeyIdentifier(b"\x01" * 20)

BAD: dict[str, tuple[Code, Callable[[], bytes]]] = {
    "issued by an authority of the same name that is not pinned": (
        Code.ISSUER_SIGNATURE,
        lambda: _signed_by("unknown"),
    ),
    "right name, wrong root key": (Code.ISSUER_SIGNATURE, _wrong_key_right_name),
    "an operator's mock authority": (Code.ISSUER_UNKNOWN, _other_organisation),
    "authentication leaf from the signature authority": (
        Code.ISSUER_UNKNOWN,
        _from_the_other_purpose,
    ),
    "signature leaf from the authentication authority": (
        Code.ISSUER_UNKNOWN,
        _sign_leaf_by_auth_authority,
    ),
    "expired by a second": (
        Code.LEAF_EXPIRED,
        lambda: leaf(valid=(NOW - YEAR, NOW - _SECOND)),
    ),
    "valid from the next second": (
        Code.LEAF_NOT_YET_VALID,
        lambda: leaf(valid=(NOW + _SECOND, NOW + YEAR)),
    ),
    "unknown critical extension": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        _with(x509.UnrecognizedExtension(_UNKNOWN_OID, b"\x05\x00"), critical=True),
    ),
    "critical policy constraints": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        _with(x509.PolicyConstraints(0, None), critical=True),
    ),
    "critical name constraints in a leaf": (
        Code.NAME_CONSTRAINTS,
        _with(_CONSTRAINTS, critical=True),
    ),
    "name constraints in a leaf": (Code.NAME_CONSTRAINTS, _with(_CONSTRAINTS)),
    "an extension twice": (Code.EXTENSION_DUPLICATE, _duplicate_extension),
    "an attribute twice": (Code.OTHER_NAME_DUPLICATE, _duplicate_attribute),
    "no policy": (Code.POLICY_UNEXPECTED, _without(x509.CertificatePolicies)),
    "policy of the official test cards": (
        Code.POLICY_UNEXPECTED,
        _with(_policies("1.2.392.200149.8.5.1.0.20"), critical=True),
    ),
    "both policies": (
        Code.POLICY_UNEXPECTED,
        _with(_policies("1.2.392.200149.8.5.1.3.30", "1.2.392.200149.8.5.1.1.20"), critical=True),
    ),
    "any policy": (Code.POLICY_UNEXPECTED, _with(_policies("2.5.29.32.0"), critical=True)),
    "signature policy in an authentication leaf": (
        Code.ISSUER_UNKNOWN,
        _with(_policies("1.2.392.200149.8.5.1.1.20"), critical=True),
    ),
    "version 2": (Code.CERTIFICATE_UNREADABLE, _version_2),
    "serial zero": (Code.CERTIFICATE_SERIAL, _serial(0)),
    "negative serial": (Code.CERTIFICATE_SERIAL, _serial(-5)),
    "serial of 21 octets": (Code.CERTIFICATE_SERIAL, _serial(1 << 160)),
    "empty subject": (Code.LEAF_SUBJECT, lambda: leaf(subject=x509.Name([]))),
    "algorithm inside differs from outside": (Code.ALGORITHM_MISMATCH, _inner_algorithm),
    "SHA-384": (Code.ALGORITHM_UNSUPPORTED, lambda: _signed_with(hashes.SHA384())),
    "PSS": (Code.ALGORITHM_UNSUPPORTED, lambda: _signed_with(hashes.SHA384(), pss=True)),
    "RSA-1024 key": (Code.KEY_UNSUPPORTED, lambda: _rsa(1024)),
    "RSA-3072 key": (Code.KEY_UNSUPPORTED, lambda: _rsa(3072)),
    "public exponent 3": (Code.KEY_UNSUPPORTED, lambda: _rsa(2048, exponent=3)),
    "P-384 key": (Code.KEY_UNSUPPORTED, _elliptic),
    "a time in the wrong form": (Code.PATH_REFUSED, _time_in_the_wrong_form),
    "a CA": (Code.LEAF_IS_CA, _with(x509.BasicConstraints(ca=True, path_length=None))),
    "no key usage": (Code.KEY_USAGE, _without(x509.KeyUsage)),
    "key usage without digitalSignature": (
        Code.KEY_USAGE,
        _with(key_usage(repudiation=True), critical=True),
    ),
    "key usage for certificates": (Code.KEY_USAGE, _with(_usage(certificates_too=True))),
    "key usage for lists": (Code.KEY_USAGE, _with(_usage(lists_too=True))),
    "signature leaf without nonRepudiation": (
        Code.KEY_USAGE,
        lambda: leaf("sign", change=replacing(key_usage(sign=True), critical=True)),
    ),
    "extended key usage for servers": (
        Code.EXTENDED_KEY_USAGE,
        _with(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])),
    ),
    "no authority key identifier": (
        Code.KEY_IDENTIFIER,
        _without(x509.AuthorityKeyIdentifier),
    ),
    "no subject key identifier": (Code.KEY_IDENTIFIER, _without(x509.SubjectKeyIdentifier)),
    "critical subject key identifier": (
        Code.EXTENSION_UNKNOWN_CRITICAL,
        _with(_SKI, critical=True),
    ),
}
