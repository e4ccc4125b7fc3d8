"""Gate 1: our own strict profile of a JPKI leaf. Whatever is not expected is refused.

`purpose_of` chooses by policy OID what the certificate is; `check_structure` and `check_leaf`
are the checklist's structure and leaf rows. The other gate accepts small keys, other hashes,
name constraints in a leaf and empty subjects: this one does not.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from identity.jpki import algorithms
from identity.jpki.anchors import Environment, Purpose
from identity.jpki.certificate import Certificate, extension
from identity.jpki.refusals import Code, Refusal


class CardKind(StrEnum):
    """What holds the key. Phones have certificates of their own (移動端末設備用)."""

    CARD = "card"
    ANDROID = "android"
    IPHONE = "iphone"


_CARD_POLICIES: Final[Mapping[str, Purpose]] = {
    "1.2.392.200149.8.5.1.3.30": Purpose.AUTH,
    "1.2.392.200149.8.5.1.1.20": Purpose.SIGN,
}
# Policy OIDs of phone certificates are not public: in production they stay refused until known.
POLICIES: Final[Mapping[tuple[Environment, CardKind], Mapping[str, Purpose]]] = {
    (Environment.PRODUCTION, CardKind.CARD): _CARD_POLICIES,
    (Environment.SYNTHETIC, CardKind.CARD): _CARD_POLICIES,
    (Environment.SYNTHETIC, CardKind.ANDROID): _CARD_POLICIES,
    (Environment.SYNTHETIC, CardKind.IPHONE): _CARD_POLICIES,
}

_KNOWN_EXTENSIONS: Final = frozenset(
    {
        ExtensionOID.KEY_USAGE,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.ISSUER_ALTERNATIVE_NAME,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    }
)


def check_structure(leaf: Certificate) -> Refusal | None:
    """No unknown critical extension, no person attribute twice. (Reading refuses duplicates.)"""
    for item in leaf.extensions:
        if item.critical and item.oid not in _KNOWN_EXTENSIONS:
            facts = {"oid": item.oid.dotted_string}
            code = (
                Code.NAME_CONSTRAINTS
                if item.oid == ExtensionOID.NAME_CONSTRAINTS
                else Code.EXTENSION_UNKNOWN_CRITICAL
            )
            return Refusal(code=code, facts=facts)
    names = extension(leaf, x509.SubjectAlternativeName)
    if names is not None:
        kinds = Counter(n.type_id for n in names.value if isinstance(n, x509.OtherName))
        if any(count > 1 for count in kinds.values()):
            return Refusal(code=Code.OTHER_NAME_DUPLICATE)
    return None


def purpose_of(leaf: Certificate, environment: Environment, kind: CardKind) -> Purpose | Refusal:
    """The purpose that the certificate's only policy OID names. Default deny."""
    policies = extension(leaf, x509.CertificatePolicies)
    oids = [] if policies is None else [p.policy_identifier.dotted_string for p in policies.value]
    table = POLICIES.get((environment, kind), {})
    if len(oids) != 1 or oids[0] not in table:
        return Refusal(code=Code.POLICY_UNEXPECTED, facts={"policies": " ".join(oids[:4])})
    return table[oids[0]]


def check_validity(leaf: Certificate, at: datetime) -> Refusal | None:
    """Both ends count as valid, at whole seconds and without tolerance."""
    second = whole_second(at)
    if second > leaf.not_after:
        return Refusal(code=Code.LEAF_EXPIRED, facts={"not_after": leaf.not_after.isoformat()})
    if second < leaf.not_before:
        return Refusal(code=Code.LEAF_NOT_YET_VALID)
    return None


def check_leaf(leaf: Certificate, purpose: Purpose) -> Refusal | None:
    """Version, subject, algorithms, key, and every extension the purpose needs."""
    for row in (_check_body, _check_algorithms, _check_authority_facts):
        refusal = row(leaf)
        if refusal is not None:
            return refusal
    return _check_usages(leaf, purpose)


def whole_second(at: datetime) -> datetime:
    """Certificates count in seconds: a fraction would refuse the last valid one.

    ValueError for a naive time: which second it means would be a guess.
    """
    if at.tzinfo is None:
        raise ValueError("verification time must carry its zone")
    return at.replace(microsecond=0)


def _check_body(leaf: Certificate) -> Refusal | None:
    if leaf.loaded.version is not x509.Version.v3:
        return Refusal(code=Code.LEAF_VERSION)
    if not list(leaf.subject):
        return Refusal(code=Code.LEAF_SUBJECT)
    return None


def _check_algorithms(leaf: Certificate) -> Refusal | None:
    if leaf.outer_algorithm != leaf.inner_algorithm:
        return Refusal(code=Code.ALGORITHM_MISMATCH)
    if algorithms.for_oid(leaf.algorithm_oid) is None:
        return Refusal(code=Code.ALGORITHM_UNSUPPORTED, facts={"oid": leaf.algorithm_oid})
    if algorithms.for_key(leaf.public_key) is None:
        return Refusal(code=Code.KEY_UNSUPPORTED)
    return None


def _check_authority_facts(leaf: Certificate) -> Refusal | None:
    basic = extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.value.ca:
        return Refusal(code=Code.LEAF_IS_CA)
    if extension(leaf, x509.NameConstraints) is not None:
        return Refusal(code=Code.NAME_CONSTRAINTS)
    identifiers = (
        extension(leaf, x509.AuthorityKeyIdentifier),
        extension(leaf, x509.SubjectKeyIdentifier),
    )
    # Critical ones are unknown to `check_structure`, as RFC 5280 never makes them so.
    if any(item is None for item in identifiers):
        return Refusal(code=Code.KEY_IDENTIFIER)
    return None


def _check_usages(leaf: Certificate, purpose: Purpose) -> Refusal | None:
    usage = extension(leaf, x509.KeyUsage)
    if (
        usage is None
        or not usage.value.digital_signature
        or usage.value.key_cert_sign
        or usage.value.crl_sign
        or (purpose is Purpose.SIGN and not usage.value.content_commitment)
    ):
        return Refusal(code=Code.KEY_USAGE)
    extended = extension(leaf, x509.ExtendedKeyUsage)
    # Public descriptions disagree whether authentication leaves carry clientAuth: both pass.
    allowed = {ExtendedKeyUsageOID.CLIENT_AUTH} if purpose is Purpose.AUTH else set()
    if extended is not None and set(extended.value) - allowed:
        return Refusal(code=Code.EXTENDED_KEY_USAGE)
    return None
