"""Root and leaf: which pinned root issued a certificate, and does the second gate agree.

There are no intermediates, and none are taken from outside.
"""

from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509 import verification

from identity.jpki import algorithms
from identity.jpki.anchors import Anchor, Purpose, TrustAnchors
from identity.jpki.certificate import Certificate, extension
from identity.jpki.profile import whole_second
from identity.jpki.refusals import Code, Refusal

# How long a verifier of the library is kept: building one costs more than asking it. It looks at
# certificates as of its own moment; gate 1 has held the exact second against both validities.
_KEPT_SECONDS: Final = 8


def find_issuer(leaf: Certificate, purpose: Purpose, anchors: TrustAnchors) -> Anchor | Refusal:
    """Among the purpose's roots of the issuer's name, the one whose key made the signature.

    Names are compared as they are encoded. Generations share one, so the signature decides; the
    key identifier inside the leaf only says which root to try first.
    """
    name = leaf.scanned.issuer_name
    named = [a for a in anchors.of(purpose) if a.certificate.scanned.subject_name == name]
    if not named:
        return Refusal(code=Code.ISSUER_UNKNOWN)
    algorithm = algorithms.for_oid(leaf.algorithm_oid)
    if algorithm is None:
        return Refusal(code=Code.ALGORITHM_UNSUPPORTED, facts={"oid": leaf.algorithm_oid})
    hint = extension(leaf, x509.AuthorityKeyIdentifier)
    claimed = None if hint is None else hint.value.key_identifier
    signature, signed = leaf.loaded.signature, leaf.scanned.tbs
    for anchor in sorted(named, key=lambda anchor: anchor.key_identifier != claimed):
        if algorithm.verifies(anchor.certificate.public_key, signature, signed):
            return anchor
    return Refusal(code=Code.ISSUER_SIGNATURE)


def check_anchor(anchor: Anchor, at: datetime) -> Refusal | None:
    """The root must be valid at `at`; what else it must be is checked when it is pinned."""
    second = whole_second(at)
    root = anchor.certificate
    if second > root.not_after:
        return Refusal(code=Code.ANCHOR_EXPIRED, facts={"not_after": root.not_after.isoformat()})
    if second < root.not_before:
        return Refusal(code=Code.ANCHOR_NOT_YET_VALID)
    return None


def check_identifiers(leaf: Certificate, anchor: Anchor) -> Refusal | None:
    """What the leaf says of its issuer beside the name must be that root too, where it is said:
    it proves nothing, but others go by it, and a record of the tap has to verify with them.
    """
    said = extension(leaf, x509.AuthorityKeyIdentifier)
    if said is None:
        return Refusal(code=Code.KEY_IDENTIFIER)
    known, root = anchor.key_identifier, anchor.certificate
    of_another = known is not None and said.value.key_identifier not in (None, known)
    names = [x509.DirectoryName(root.subject)]
    if of_another or said.value.authority_cert_issuer not in (None, names):
        return Refusal(code=Code.KEY_IDENTIFIER)
    if said.value.authority_cert_serial_number not in (None, root.serial):
        return Refusal(code=Code.KEY_IDENTIFIER)
    return None


def check_path(leaf: Certificate, anchor: Anchor, at: datetime) -> Refusal | None:
    """Gate 2: the library's own path building and checking, from this one root."""
    second = whole_second(at)
    kept = second.replace(second=second.second // _KEPT_SECONDS * _KEPT_SECONDS)
    if _agrees(leaf, anchor, kept) or (kept != second and _agrees(leaf, anchor, second)):
        return None
    return Refusal(code=Code.PATH_REFUSED)


def _agrees(leaf: Certificate, anchor: Anchor, second: datetime) -> bool:
    try:
        return len(_verifier(anchor, second).verify(leaf.loaded, []).chain) == 2
    # The library raises several types for what it does not accept.
    except Exception:
        return False


@lru_cache(maxsize=16)
def _verifier(anchor: Anchor, second: datetime) -> verification.ClientVerifier:
    any_policy = verification.Criticality.AGNOSTIC
    leaves = verification.ExtensionPolicy.permit_all().require_present(
        # Without a callback the library treats a critical certificatePolicies as unknown.
        x509.CertificatePolicies,
        any_policy,
        _policies_are_checked_by_the_profile,
    )
    roots = verification.ExtensionPolicy.permit_all().require_present(
        x509.BasicConstraints, any_policy, None
    )
    return (
        verification.PolicyBuilder()
        .time(second)
        .store(verification.Store([anchor.certificate.loaded]))
        .max_chain_depth(1)
        .extension_policies(ca_policy=roots, ee_policy=leaves)
        .build_client_verifier()
    )


def _policies_are_checked_by_the_profile(
    policy: verification.Policy, leaf: x509.Certificate, value: x509.CertificatePolicies
) -> None:
    del policy, leaf, value
