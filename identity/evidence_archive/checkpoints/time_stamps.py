"""Whether an answer of a time-stamp authority is good (RFC 3161), at the time that it says.

Certificates count at the stamp's own time, against pinned roots: what has expired since was good
then. Whether it can still be believed now is a question to the chain of checkpoints.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from rfc3161_client import (
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from identity.evidence_archive.checkpoints import stamp_profile
from identity.evidence_archive.checkpoints.model import Stamp
from identity.jpki import der

MOST_OCTETS: Final = 64 * 1024
_MOST_VALUES: Final = 4096
_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class BadStamp(Exception):
    """An answer that proves nothing. Holds a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAuthorities:
    """Roots that authorities must lead to, and the policies (OIDs) they may stamp under; no policy
    named means any of them."""

    roots: tuple[x509.Certificate, ...] = field(repr=False)
    policies: frozenset[str] = frozenset()


def check(
    response: bytes, data: bytes, pinned: PinnedAuthorities, *, nonce: int | None = None
) -> Stamp:
    """The stamp over `data`. BadStamp, whatever is wrong with it."""
    if len(response) > MOST_OCTETS:
        raise BadStamp("too_long")
    if not pinned.roots:
        raise BadStamp("no_roots")
    try:
        der.check(response, cap=MOST_OCTETS, most=_MOST_VALUES)
        answer = decode_timestamp_response(response)
        if answer.status != 0:
            raise BadStamp("not_granted")
        if answer.tst_info.message_imprint.hash_algorithm != _SHA256:
            raise BadStamp("imprint_algorithm")
        root = _root_of(answer, data, pinned, nonce)
        return _facts(response, answer, pinned, root)
    except VerificationError as bad:
        raise BadStamp("not_verified") from bad
    except (ValueError, TypeError, x509.ExtensionNotFound) as bad:
        raise BadStamp("unreadable") from bad


def _root_of(
    answer: TimeStampResponse, data: bytes, pinned: PinnedAuthorities, nonce: int | None
) -> x509.Certificate:
    """The one that the answer leads to, found by trying: roots of several generations may share a
    name. VerificationError when none does."""
    failed = VerificationError("no root")
    for root in pinned.roots:
        try:
            VerifierBuilder(roots=[root], nonce=nonce).build().verify_message(answer, data)
        except VerificationError as bad:
            failed = bad
        else:
            return root
    raise failed


def _facts(
    response: bytes, answer: TimeStampResponse, pinned: PinnedAuthorities, root: x509.Certificate
) -> Stamp:
    told, policy = answer.tst_info, answer.tst_info.policy.dotted_string
    if pinned.policies and policy not in pinned.policies:
        raise BadStamp("policy")
    inside = [x509.load_der_x509_certificate(der) for der in answer.signed_data.certificates]
    (signer,) = answer.signed_data.signer_infos
    leaf = next(
        (c for c in inside if (c.issuer, c.serial_number) == (signer.issuer, signer.serial_number)),
        None,
    )
    if leaf is None:
        raise BadStamp("no_certificate")
    chain = _chain(leaf, [root, *inside])
    if chain[-1] != root:
        raise BadStamp("no_chain")
    if code := stamp_profile.problem(response, leaf, chain):
        raise BadStamp(code)
    return Stamp(
        response=response,
        at=told.gen_time,
        expires=min(one.not_valid_after_utc for one in chain),
        authority=leaf.subject.rfc4514_string(),
        policy=policy,
    )


def _chain(leaf: x509.Certificate, known: Sequence[x509.Certificate]) -> Sequence[x509.Certificate]:
    """From the leaf up. An answer may hold more certificates than it needs, also of the same name:
    only who signed counts."""
    chain = [leaf]
    while chain[-1].issuer != chain[-1].subject:
        above = [c for c in known if c not in chain and _signed(chain[-1], c)]
        if not above:
            break
        chain.append(above[0])
    return chain


def _signed(one: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
