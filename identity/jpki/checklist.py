"""The argument: why a certificate and a signature are believed, step by step and in this order.

Cheap before dear, and nothing is taken from the app but one certificate and one signature: no
further certificates, no addresses, no times, no attributes. Steps 3 to 8 are gate 1, our own
profile; step 9 is gate 2, the library's path validation; a refusal by either is a refusal. The
moment is a parameter, so that evidence can be judged again as of the day it was made.

Steps 11 (revocation) and 12 (the four attributes, which undo nothing) are `verification/service`,
because only they ask anybody or decide nothing. docs/verification.md says why each step is there.
"""

from dataclasses import dataclass, field
from datetime import datetime

from identity.jpki import certificate as certificates
from identity.jpki import path, profile, signature, signed_attributes
from identity.jpki.algorithms import Algorithm
from identity.jpki.anchors import Anchor, Purpose, TrustAnchors
from identity.jpki.attributes import Attributes, read_attributes
from identity.jpki.certificate import Certificate
from identity.jpki.crl import distribution_points
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Refusal
from identity.jpki.scanning.scanned import Scanned
from identity.jpki.signed_attributes import StatementType


@dataclass(frozen=True, slots=True, kw_only=True)
class CardProof:
    """What a tap brought, and the statement it should be over.

    `certificate` is DER, `signature` the card's raw answer (of a curve: DER of r and s);
    `statement` are the service's own canonical bytes, never any that came from outside.
    """

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    statement: bytes = field(repr=False)
    statement_type: StatementType
    card_kind: CardKind = CardKind.CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A certificate that both gates let through: what it is for, who issued it, how it signs."""

    leaf: Certificate
    purpose: Purpose
    issuer: Anchor
    algorithm: Algorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A proof that passed steps 1 to 10, as plain values: all that is needed of the certificate
    afterwards. `attributes` for signature certificates only."""

    purpose: Purpose
    issuer_key_sha256: bytes = field(repr=False)
    serial: int = field(repr=False)
    distribution_points: frozenset[bytes] = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    attributes: Attributes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """`purpose` once the certificate has said it."""

    refusal: Refusal
    purpose: Purpose | None = None


def scan(proof: CardProof) -> Scanned | Denied:
    """What needs no library and is linear in the length."""
    # Step 1: sizes. The signature's length belongs to some algorithm; the certificate has 8 kB.
    bad = signature.check_length(proof.signature)
    if bad is not None:
        return Denied(refusal=bad)
    # Step 2: exactly one value of strict DER, nothing behind it, a lawful serial.
    scanned = certificates.scan(proof.certificate)
    return Denied(refusal=scanned) if isinstance(scanned, Refusal) else scanned


def examine(
    scanned: Scanned, kind: CardKind, anchors: TrustAnchors, at: datetime
) -> Accepted | Denied:
    """Is this a certificate of ours, good at `at`?"""
    # Step 3: it can be read; every extension known, rightly critical, and there only once.
    leaf = certificates.parse(scanned)
    if isinstance(leaf, Refusal):
        return Denied(refusal=leaf)
    bad = profile.check_structure(leaf)
    if bad is not None:
        return Denied(refusal=bad)
    # Step 4: what it claims to be, by its one policy, for this environment and kind of card.
    purpose = profile.purpose_of(leaf, anchors.environment, kind)
    if isinstance(purpose, Refusal):
        return Denied(refusal=purpose)
    # Step 5: who issued it. Pinned roots of that purpose only; the signature decides.
    issuer = path.find_issuer(leaf, purpose, anchors)
    if isinstance(issuer, Refusal):
        return Denied(refusal=issuer, purpose=purpose)
    # Step 6: its keys are of a row in the table, said the same inside and outside.
    algorithm = profile.algorithm_of(leaf, anchors.environment)
    if isinstance(algorithm, Refusal):
        return Denied(refusal=algorithm, purpose=purpose)
    bad = (
        # Step 7: root and leaf are valid at that second.
        path.check_anchor(issuer, at)
        or profile.check_validity(leaf, at)
        # Step 8: the rest of the profile: version, names, no authority, usages.
        or profile.check_leaf(leaf, purpose)
        or path.check_identifiers(leaf, issuer)
        # Step 9: the library, asked for the same path, agrees.
        or path.check_path(leaf, issuer, at)
    )
    if bad is not None:
        return Denied(refusal=bad, purpose=purpose)
    certificates.remember(leaf)
    return Accepted(leaf=leaf, purpose=purpose, issuer=issuer, algorithm=algorithm)


def judge(
    proof: CardProof, scanned: Scanned, anchors: TrustAnchors, at: datetime
) -> Judged | Denied:
    """Steps 3 to 10 for a proof whose certificate has been scanned."""
    accepted = examine(scanned, proof.card_kind, anchors, at)
    if isinstance(accepted, Denied):
        return accepted
    # Step 10: the signature, over attributes made from our own statement.
    attributes = signed_attributes.build(
        proof.statement, proof.certificate, proof.statement_type, accepted.algorithm
    )
    leaf, purpose = accepted.leaf, accepted.purpose
    wrong = signature.check_signature(leaf, accepted.algorithm, proof.signature, attributes)
    if wrong is not None:
        return Denied(refusal=wrong, purpose=purpose)
    return Judged(
        purpose=purpose,
        issuer_key_sha256=accepted.issuer.key_sha256,
        serial=leaf.serial,
        distribution_points=distribution_points(leaf),
        signed_attributes=attributes,
        attributes=read_attributes(leaf) if purpose is Purpose.SIGN else None,
    )
