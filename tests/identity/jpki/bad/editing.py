"""Bad certificates are good ones with a single thing wrong; these are the ways to make it wrong.

A builder cannot make every mistake: `edited` changes the structure and `respelled` the bytes, and
both sign anew, so that the mistake is the only one.
"""

from collections.abc import Callable
from datetime import datetime

from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as loose
from cryptography import x509

from stand_ins.jpki import certificates
from stand_ins.jpki.names import Purpose
from tests.identity.jpki.synthetic import authority, leaf, replacing, without

Maker = Callable[[], bytes]


def edited(
    original: bytes, edit: Callable[[loose.TbsCertificate], None], purpose: Purpose = "auth"
) -> bytes:
    """The certificate after an edit of its tbs, signed anew by the same authority."""
    certificate = loose.Certificate.load(original)
    tbs = certificate["tbs_certificate"]
    edit(tbs)
    return _signed(tbs.dump(force=True), purpose)


def respelled(original: bytes, old: bytes, new: bytes, purpose: Purpose = "auth") -> bytes:
    """The certificate with these bytes of its tbs in place of others, signed anew. Lengths around
    them are not corrected: `new` is as long as `old`."""
    tbs = loose.Certificate.load(original)["tbs_certificate"].dump()
    assert tbs.count(old) == 1
    assert len(old) == len(new)
    return _signed(tbs.replace(old, new), purpose)


def _signed(tbs: bytes, purpose: Purpose) -> bytes:
    algorithm = {"algorithm": "sha256_rsa", "parameters": core.Null()}
    whole: bytes = sequence(
        tbs
        + loose.SignedDigestAlgorithm(algorithm).dump()
        + core.BitString.load(
            b"\x03\x82\x01\x01\x00" + certificates.signature(authority(purpose).key, tbs)
        ).dump()
    )
    return whole


def sequence(content: bytes) -> bytes:
    """The content as a SEQUENCE, in minimal lengths."""
    if len(content) < 0x80:
        return b"\x30" + bytes((len(content),)) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return b"\x30" + bytes((0x80 | len(size),)) + size + content


def with_extension(
    value: x509.ExtensionType, *, critical: bool = False, purpose: Purpose = "auth"
) -> Maker:
    return lambda: leaf(purpose, change=replacing(value, critical=critical))


def without_extension(kind: type[x509.ExtensionType], purpose: Purpose = "auth") -> Maker:
    return lambda: leaf(purpose, change=without(kind))


def validity(begin: datetime, end: datetime) -> Maker:
    return lambda: leaf(valid=(begin, end))


def policies(*oids: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    )


def usage(
    *,
    content_commitment: bool = False,
    key_encipherment: bool = False,
    key_agreement: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    """digitalSignature and whatever else is named."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=content_commitment,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
