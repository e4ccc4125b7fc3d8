"""Is this signature by a good card? The steps of a proof, in the order that is the argument.

Cheap and local first; the outside (revocation) is asked only about a certificate that is ours and
has signed this very statement, so nobody can use us to query strangers' cards.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from identity.jpki import certificate as certificates
from identity.jpki import crl, path, profile, signature, signed_attributes
from identity.jpki.anchors import Anchor, Purpose, TrustAnchors
from identity.jpki.attributes import read_attributes
from identity.jpki.certificate import Certificate
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Refusal
from identity.verification import model
from identity.verification.model import (
    CardProof,
    LinkageKey,
    ProvenCard,
    RevocationState,
    RevocationStatus,
)
from identity.verification.ports import RevocationSource, RevocationSubject
from identity.verification.refusals import Hint, Refused, RevocationCode, refused

REVOCATION_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    """A certificate that is ours to judge, with what it is and who issued it."""

    leaf: Certificate
    purpose: Purpose
    issuer: Anchor

    @property
    def linkage_key(self) -> LinkageKey:
        return LinkageKey(issuer_key_sha256=self.issuer.key_sha256, serial=self.leaf.serial)


class CardVerifier:
    """Verifies card proofs against pinned roots and one revocation source.

    UnusableContentType when the environment must not accept the content type that cards sign.
    """

    def __init__(
        self,
        anchors: TrustAnchors,
        revocation: RevocationSource,
        *,
        revocation_seconds: float = REVOCATION_SECONDS,
    ) -> None:
        signed_attributes.check_usable(anchors.environment)
        self._anchors = anchors
        self._revocation = revocation
        self._revocation_seconds = revocation_seconds

    async def verify(self, proof: CardProof, *, at: datetime) -> ProvenCard | Refused:
        """Steps 2 to 5 of a proof, at the moment `at` (with its zone).

        What the flow requires is not asked here, so that a good card below it can be told from a
        bad one.
        """
        accepted = self._certificate(proof, at)
        if isinstance(accepted, Refused):
            return accepted
        # Step 4: the signature, over attributes made from our own statement.
        attributes = signed_attributes.build(
            proof.statement, proof.certificate, proof.statement_type
        )
        wrong = signature.check_signature(accepted.leaf, proof.signature, attributes)
        if wrong is not None:
            return refused(wrong, at=at, purpose=accepted.purpose)
        # Step 5: revocation, from the configured source.
        state = await self._state(accepted, at)
        if state.status is not RevocationStatus.GOOD:
            return _not_good(accepted, state, at)
        return _proven(proof, accepted, attributes, state, at)

    def _certificate(self, proof: CardProof, at: datetime) -> _Accepted | Refused:
        """Steps 2 and 3: read it under caps, then both gates."""
        bad = signature.check_length(proof.signature)
        if bad is not None:
            return refused(bad, at=at)
        leaf = certificates.read(proof.certificate)
        if isinstance(leaf, Refusal):
            return refused(leaf, at=at)
        bad = profile.check_structure(leaf)
        if bad is not None:
            return refused(bad, at=at)
        purpose = profile.purpose_of(leaf, self._anchors.environment, proof.card_kind)
        if isinstance(purpose, Refusal):
            return refused(purpose, at=at)
        issuer = path.find_issuer(leaf, purpose, self._anchors)
        if isinstance(issuer, Refusal):
            return refused(issuer, at=at, purpose=purpose)
        bad = (
            path.check_anchor(issuer, at)
            or profile.check_validity(leaf, at)
            or profile.check_leaf(leaf, purpose)
            or path.check_path(leaf, issuer, at)
        )
        if bad is not None:
            return refused(bad, at=at, purpose=purpose)
        return _Accepted(leaf=leaf, purpose=purpose, issuer=issuer)

    async def _state(self, accepted: _Accepted, at: datetime) -> RevocationState:
        subject = RevocationSubject(
            purpose=accepted.purpose,
            certificate=accepted.linkage_key,
            distribution_points=crl.distribution_points(accepted.leaf),
        )
        try:
            async with asyncio.timeout(self._revocation_seconds):
                return await self._revocation.status(subject, at)
        except TimeoutError:
            return _silent("timeout", at)
        # A source that breaks is a source that cannot tell: the card is neither good nor bad.
        except Exception:
            return _silent("source_failed", at)


def _silent(why: str, at: datetime) -> RevocationState:
    return RevocationState(status=RevocationStatus.UNKNOWN, method="none", checked_at=at, why=why)


def _not_good(accepted: _Accepted, state: RevocationState, at: datetime) -> Refused:
    revoked = state.status is RevocationStatus.REVOKED
    facts = {"reason": state.reason} if state.reason else {}
    if not revoked:
        facts = {"why": state.why or state.status}
    return Refused(
        hint=Hint.CERTIFICATE_REVOKED if revoked else Hint.REVOCATION_UNAVAILABLE,
        code=RevocationCode.REVOKED if revoked else RevocationCode.UNKNOWN,
        verified_at=at,
        facts=facts,
        purpose=accepted.purpose,
        revocation=state,
        signed_by=accepted.linkage_key,
    )


def _proven(
    proof: CardProof,
    accepted: _Accepted,
    attributes: bytes,
    state: RevocationState,
    at: datetime,
) -> ProvenCard:
    is_sign = accepted.purpose is Purpose.SIGN
    return ProvenCard(
        purpose=accepted.purpose,
        card_kind=CardKind(proof.card_kind),
        certificate=proof.certificate,
        issuer_certificate=accepted.issuer.certificate.der,
        signature=proof.signature,
        signed_attributes=attributes,
        statement_type=proof.statement_type,
        linkage_key=accepted.linkage_key,
        revocation=state,
        verified_at=at,
        attributes=read_attributes(accepted.leaf) if is_sign else None,
        passed=model._ALL_STEPS_PASSED,
    )
