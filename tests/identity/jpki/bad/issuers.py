"""Certificates that somebody else issued, or that were issued for something else."""

from datetime import timedelta

from cryptography import x509

from identity.jpki.refusals import Code
from stand_ins.jpki import certificates
from stand_ins.jpki.names import Purpose
from tests.identity.jpki.bad.editing import (
    Maker,
    policies,
    validity,
    with_extension,
    without_extension,
)
from tests.identity.jpki.synthetic import LEAF_KEY, NOW, YEAR, authority, der, key, leaf

_SECOND = timedelta(seconds=1)
_AUTH_POLICY = "1.2.392.200149.8.5.1.3.30"
_SIGN_POLICY = "1.2.392.200149.8.5.1.1.20"


def _another_root(purpose: Purpose = "auth", organisation: str | None = None) -> bytes:
    how = {} if organisation is None else {"organisation": organisation}
    made = certificates.make_root(
        purpose, "x", key(12), serial=7, valid=(NOW - YEAR, NOW + YEAR), **how
    )
    return leaf(purpose, issuer=made)


def _by_a_leaf() -> bytes:
    """A card's own key as an authority: the name of a leaf is no name of a root."""
    parent = x509.load_der_x509_certificate(leaf())
    made = certificates.Authority(purpose="auth", label="x", certificate=parent, key=key(LEAF_KEY))
    return leaf(issuer=made, serial=99)


def _by_a_leaf_under_the_roots_name() -> bytes:
    made = certificates.Authority(
        purpose="auth", label="x", certificate=authority("auth").certificate, key=key(LEAF_KEY)
    )
    return leaf(issuer=made, serial=99)


def _the_root_itself() -> bytes:
    return der(authority("auth").certificate)


def _self_signed() -> bytes:
    made = certificates.make_root(
        "auth", "x", key(LEAF_KEY), serial=7, valid=(NOW - YEAR, NOW + YEAR)
    )
    return leaf(issuer=made)


ISSUERS: dict[str, tuple[Code, Maker]] = {
    "issued by an authority of the same name that is not pinned": (
        Code.ISSUER_SIGNATURE,
        lambda: leaf(issuer=authority("auth", "unknown")),
    ),
    "right name, wrong root key": (Code.ISSUER_SIGNATURE, _another_root),
    "signed by its own key under the root's name": (Code.ISSUER_SIGNATURE, _self_signed),
    "signed by another card's key": (Code.ISSUER_UNKNOWN, _by_a_leaf),
    "signed by another card's key under the root's name": (
        Code.ISSUER_SIGNATURE,
        _by_a_leaf_under_the_roots_name,
    ),
    "an operator's mock authority": (
        Code.ISSUER_UNKNOWN,
        lambda: _another_root(organisation="P8N-MOCK"),
    ),
    "an authority of the official test cards": (
        Code.ISSUER_UNKNOWN,
        lambda: _another_root(organisation="JPKI-TEST"),
    ),
    "an authority that calls itself the national one": (
        Code.ISSUER_UNKNOWN,
        lambda: _another_root(organisation="JPKI"),
    ),
    "an authority whose name differs in a letter": (
        Code.ISSUER_UNKNOWN,
        lambda: _another_root(organisation="JPKI-SYNTHETlC"),
    ),
    "authentication leaf from the signature authority": (
        Code.ISSUER_UNKNOWN,
        lambda: leaf("auth", issuer=authority("sign")),
    ),
    "signature leaf from the authentication authority": (
        Code.ISSUER_UNKNOWN,
        lambda: leaf("sign", issuer=authority("auth")),
    ),
    "the root itself": (Code.POLICY_UNEXPECTED, _the_root_itself),
    "expired by a second": (Code.LEAF_EXPIRED, validity(NOW - YEAR, NOW - _SECOND)),
    "valid from the next second": (Code.LEAF_NOT_YET_VALID, validity(NOW + _SECOND, NOW + YEAR)),
    "no policy": (Code.POLICY_UNEXPECTED, without_extension(x509.CertificatePolicies)),
    "policy of the official test cards": (
        Code.POLICY_UNEXPECTED,
        with_extension(policies("1.2.392.200149.8.5.1.0.20"), critical=True),
    ),
    "both policies": (
        Code.POLICY_UNEXPECTED,
        with_extension(policies(_AUTH_POLICY, _SIGN_POLICY), critical=True),
    ),
    "any policy": (Code.POLICY_UNEXPECTED, with_extension(policies("2.5.29.32.0"), critical=True)),
    "the right policy and any policy": (
        Code.POLICY_UNEXPECTED,
        with_extension(policies(_AUTH_POLICY, "2.5.29.32.0"), critical=True),
    ),
    "a policy below the right one": (
        Code.POLICY_UNEXPECTED,
        with_extension(policies(f"{_AUTH_POLICY}.1"), critical=True),
    ),
    "signature policy in an authentication leaf": (
        Code.ISSUER_UNKNOWN,
        with_extension(policies(_SIGN_POLICY), critical=True),
    ),
    "authentication policy in a signature leaf": (
        Code.ISSUER_UNKNOWN,
        with_extension(policies(_AUTH_POLICY), critical=True, purpose="sign"),
    ),
    "policies of a signature leaf not critical": (
        Code.EXTENSION_CRITICALITY,
        with_extension(policies(_SIGN_POLICY), purpose="sign"),
    ),
}
