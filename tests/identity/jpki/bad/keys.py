"""Certificates whose keys or algorithms are of no row in the table."""

from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as loose
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from identity.jpki.refusals import Code
from stand_ins.jpki import certificates, names
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.bad.editing import Maker, edited, respelled
from tests.identity.jpki.synthetic import LEAF_KEY, NOW, YEAR, authority, der, key, leaf


def _signed_with(algorithm: hashes.HashAlgorithm, *, pss: int = 0) -> bytes:
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
    rsa_padding = padding.PSS(padding.MGF1(algorithm), pss) if pss else None
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    return der(builder.sign(issuer.key, algorithm, rsa_padding=rsa_padding))  # type: ignore[arg-type]  # SHA-2 all


def _other_hash(name: str) -> Maker:
    """Says SHA-1 or MD5 inside and outside; nobody gets as far as its signature."""

    def make() -> bytes:
        certificate = loose.Certificate.load(leaf())
        parameters = {} if name.endswith("ecdsa") else {"parameters": core.Null()}
        certificate["signature_algorithm"] = {"algorithm": name, **parameters}
        certificate["tbs_certificate"]["signature"] = certificate["signature_algorithm"]
        whole: bytes = certificate.dump(force=True)
        return whole

    return make


def _algorithm_inside(name: str) -> Maker:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["signature"] = {"algorithm": name, "parameters": core.Null()}

    return lambda: edited(leaf(), edit)


def _algorithm_outside() -> bytes:
    certificate = loose.Certificate.load(leaf())
    certificate["signature_algorithm"] = {"algorithm": "sha384_rsa", "parameters": core.Null()}
    whole: bytes = certificate.dump(force=True)
    return whole


def _rsa(bits: int, exponent: int = 65537) -> Maker:
    return lambda: leaf(public_key=rsa.generate_private_key(exponent, bits).public_key())


def _curve(curve: ec.EllipticCurve) -> Maker:
    return lambda: leaf(public_key=ec.generate_private_key(curve).public_key())


def _edwards() -> bytes:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return leaf(public_key=public)  # type: ignore[arg-type]  # the mistake to be made


def _point_beside_the_curve() -> bytes:
    good = leaf(public_key=ec.generate_private_key(ec.SECP256R1()).public_key())
    at = good.index(bytes.fromhex("034200 04")) + 4
    point = good[at : at + 64]
    return respelled(good, point, point[:-1] + bytes((point[-1] ^ 1,)))


KEYS: dict[str, tuple[Code, Maker]] = {
    "algorithm inside differs from outside": (
        Code.ALGORITHM_MISMATCH,
        _algorithm_inside("sha384_rsa"),
    ),
    "algorithm outside differs from inside": (Code.ALGORITHM_UNSUPPORTED, _algorithm_outside),
    "SHA-1": (Code.ALGORITHM_UNSUPPORTED, _other_hash("sha1_rsa")),
    "MD5": (Code.ALGORITHM_UNSUPPORTED, _other_hash("md5_rsa")),
    "SHA-384 by an RSA key": (
        Code.ALGORITHM_UNSUPPORTED,
        lambda: _signed_with(hashes.SHA384()),
    ),
    "SHA-512 by an RSA key": (
        Code.ALGORITHM_UNSUPPORTED,
        lambda: _signed_with(hashes.SHA512()),
    ),
    "PSS": (Code.ALGORITHM_UNSUPPORTED, lambda: _signed_with(hashes.SHA384(), pss=48)),
    "PSS with SHA-256": (
        Code.ALGORITHM_UNSUPPORTED,
        lambda: _signed_with(hashes.SHA256(), pss=32),
    ),
    "a curve's algorithm under an RSA root": (
        Code.ISSUER_SIGNATURE,
        _other_hash("sha256_ecdsa"),
    ),
    "RSA-1024 key": (Code.KEY_UNSUPPORTED, _rsa(1024)),
    "RSA-2047 key": (Code.KEY_UNSUPPORTED, _rsa(2047)),
    "RSA-3072 key": (Code.KEY_UNSUPPORTED, _rsa(3072)),
    "public exponent 3": (Code.KEY_UNSUPPORTED, _rsa(2048, exponent=3)),
    "P-521 key": (Code.KEY_UNSUPPORTED, _curve(ec.SECP521R1())),
    "P-224 key": (Code.KEY_UNSUPPORTED, _curve(ec.SECP224R1())),
    "secp256k1 key": (Code.KEY_UNSUPPORTED, _curve(ec.SECP256K1())),
    "Brainpool key": (Code.KEY_UNSUPPORTED, _curve(ec.BrainpoolP256R1())),
    "Ed25519 key": (Code.KEY_UNSUPPORTED, _edwards),
    "a point beside the curve": (Code.CERTIFICATE_UNREADABLE, _point_beside_the_curve),
}
