"""Gate 1: our own strict profile of a JPKI leaf. Whatever is not expected is refused.

Everything that may differ is a table: which policy OID means what in which environment and on
which kind of card, which keys may be used there, which extensions there are and whether they are
critical. The other gate accepts small keys, other hashes, name constraints in a leaf and empty
subjects: this one does not. Sources of the tables, and what has to be compared with the official
profile before real cards: docs/verification.md.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from identity.jpki import algorithms
from identity.jpki.algorithms import P256_SHA256, P384_SHA384, RSA_2048_SHA256, Algorithm
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
# Cards of today hold RSA keys; P-384 is announced for the next. A line here and the policy OIDs of
# that generation are all that its cards need.
KEYS: Final[Mapping[Environment, tuple[Algorithm, ...]]] = {
    Environment.PRODUCTION: (RSA_2048_SHA256,),
    Environment.SYNTHETIC: (RSA_2048_SHA256, P256_SHA256, P384_SHA384),
}

_ANY: Final = (False, True)
_NEVER: Final = (False,)
_ALWAYS: Final = (True,)
# Extensions that a leaf may have, and whether they may be critical (RFC 5280, 4.2; the policies of
# an authentication leaf are not described publicly in that respect).
EXTENSIONS: Final[Mapping[x509.ObjectIdentifier, tuple[bool, ...]]] = {
    ExtensionOID.KEY_USAGE: _ALWAYS,
    ExtensionOID.CERTIFICATE_POLICIES: _ANY,
    ExtensionOID.BASIC_CONSTRAINTS: _ANY,
    ExtensionOID.EXTENDED_KEY_USAGE: _ANY,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME: _NEVER,
    ExtensionOID.ISSUER_ALTERNATIVE_NAME: _NEVER,
    ExtensionOID.CRL_DISTRIBUTION_POINTS: _NEVER,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS: _NEVER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER: _NEVER,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER: _NEVER,
}
_REQUIRED: Final = (x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier)
_IN_SUBJECT: Final[Mapping[Purpose, frozenset[x509.ObjectIdentifier]]] = {
    Purpose.AUTH: frozenset({NameOID.COUNTRY_NAME, NameOID.COMMON_NAME}),
    Purpose.SIGN: frozenset(
        {
            NameOID.COUNTRY_NAME,
            NameOID.STATE_OR_PROVINCE_NAME,
            NameOID.LOCALITY_NAME,
            NameOID.COMMON_NAME,
        }
    ),
}
_MOST_IN_SUBJECT: Final = 8


def check_structure(leaf: Certificate) -> Refusal | None:
    """Every extension is known and rightly critical or not, no person attribute comes twice.
    (Reading refuses an extension that comes twice.)"""
    for item in leaf.extensions:
        if item.critical in EXTENSIONS.get(item.oid, ()):
            continue
        return Refusal(code=_of_extension(item), facts={"oid": item.oid.dotted_string})
    names = extension(leaf, x509.SubjectAlternativeName)
    if names is not None:
        kinds = [name.type_id for name in names.value if isinstance(name, x509.OtherName)]
        if len(kinds) != len(set(kinds)):
            return Refusal(code=Code.OTHER_NAME_DUPLICATE)
    return None


def _of_extension(item: x509.Extension[x509.ExtensionType]) -> Code:
    if item.oid == ExtensionOID.NAME_CONSTRAINTS:
        return Code.NAME_CONSTRAINTS
    if item.oid in EXTENSIONS:
        return Code.EXTENSION_CRITICALITY
    return Code.EXTENSION_UNKNOWN_CRITICAL if item.critical else Code.EXTENSION_UNKNOWN


def purpose_of(leaf: Certificate, environment: Environment, kind: CardKind) -> Purpose | Refusal:
    """The purpose that the certificate's only policy OID names. Default deny."""
    policies = extension(leaf, x509.CertificatePolicies)
    oids = [] if policies is None else [p.policy_identifier.dotted_string for p in policies.value]
    table = POLICIES.get((environment, kind), {})
    if len(oids) != 1 or oids[0] not in table:
        return Refusal(code=Code.POLICY_UNEXPECTED, facts={"policies": " ".join(oids[:4])})
    purpose = table[oids[0]]
    if policies is not None and purpose is Purpose.SIGN and not policies.critical:
        oid = ExtensionOID.CERTIFICATE_POLICIES.dotted_string
        return Refusal(code=Code.EXTENSION_CRITICALITY, facts={"oid": oid})
    return purpose


def check_validity(leaf: Certificate, at: datetime) -> Refusal | None:
    """Both ends count as valid, at whole seconds and without tolerance."""
    second = whole_second(at)
    if second > leaf.not_after:
        return Refusal(code=Code.LEAF_EXPIRED, facts={"not_after": leaf.not_after.isoformat()})
    if second < leaf.not_before:
        return Refusal(code=Code.LEAF_NOT_YET_VALID)
    return None


def check_leaf(leaf: Certificate, purpose: Purpose) -> Refusal | None:
    """Version, subject, authority, and what the key may be used for."""
    if leaf.loaded.version is not x509.Version.v3:
        return Refusal(code=Code.LEAF_VERSION)
    if not _is_subject(leaf.subject, purpose):
        return Refusal(code=Code.LEAF_SUBJECT)
    basic = extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.value.ca:
        return Refusal(code=Code.LEAF_IS_CA)
    names = extension(leaf, x509.SubjectAlternativeName)
    # An authentication leaf says nothing about a person; a signature leaf nothing but attributes.
    if names is not None and (
        purpose is Purpose.AUTH or not all(isinstance(n, x509.OtherName) for n in names.value)
    ):
        return Refusal(code=Code.ATTRIBUTES_UNEXPECTED)
    if any(extension(leaf, kind) is None for kind in _REQUIRED):
        return Refusal(code=Code.KEY_IDENTIFIER)
    return _check_usages(leaf, purpose)


def algorithm_of(leaf: Certificate, environment: Environment) -> Algorithm | Refusal:
    """The one algorithm of the leaf's own key; that of its issuer must be said twice alike."""
    scanned = leaf.scanned
    if scanned.outer_algorithm != scanned.inner_algorithm:
        return Refusal(code=Code.ALGORITHM_MISMATCH)
    issuers = algorithms.for_oid(leaf.algorithm_oid)
    if issuers is None or not scanned.outer_algorithm.endswith(issuers.parameters):
        return Refusal(code=Code.ALGORITHM_UNSUPPORTED, facts={"oid": leaf.algorithm_oid})
    for row in KEYS[environment]:
        if row.fits(leaf.public_key):
            return row
    return Refusal(code=Code.KEY_UNSUPPORTED)


def whole_second(at: datetime) -> datetime:
    """Certificates count in seconds: a fraction would refuse the last valid one.

    ValueError for a naive time: which second it means would be a guess.
    """
    if at.tzinfo is None:
        raise ValueError("verification time must carry its zone")
    return at.replace(microsecond=0)


def _is_subject(name: x509.Name, purpose: Purpose) -> bool:
    """`C=JP` first, one opaque CN, places only for signature leaves, one attribute per part."""
    parts = list(name)
    if not 2 <= len(parts) <= _MOST_IN_SUBJECT or len(name.rdns) != len(parts):
        return False
    kinds = [part.oid for part in parts]
    return (
        kinds[0] == NameOID.COUNTRY_NAME
        and parts[0].value == "JP"
        and kinds.count(NameOID.COUNTRY_NAME) == kinds.count(NameOID.COMMON_NAME) == 1
        and _IN_SUBJECT[purpose].issuperset(kinds)
    )


def _check_usages(leaf: Certificate, purpose: Purpose) -> Refusal | None:
    """Exactly digitalSignature, for signature leaves with nonRepudiation, and nothing else."""
    usage = extension(leaf, x509.KeyUsage)
    if usage is None or not _is_usage(usage.value, purpose):
        return Refusal(code=Code.KEY_USAGE)
    extended = extension(leaf, x509.ExtendedKeyUsage)
    # Public descriptions disagree whether authentication leaves carry clientAuth: both pass.
    allowed = {ExtendedKeyUsageOID.CLIENT_AUTH} if purpose is Purpose.AUTH else set()
    if extended is not None and set(extended.value) - allowed:
        return Refusal(code=Code.EXTENDED_KEY_USAGE)
    return None


def _is_usage(usage: x509.KeyUsage, purpose: Purpose) -> bool:
    return (
        usage.digital_signature
        and usage.content_commitment is (purpose is Purpose.SIGN)
        and not usage.key_encipherment
        and not usage.data_encipherment
        and not usage.key_agreement
        and not usage.key_cert_sign
        and not usage.crl_sign
    )
