"""Is this signature by a good card? Steps 1 to 10 are `jpki/checklist`; 11 and 12 are here.

Cheap and local first; the outside (revocation) is asked only about a certificate that is ours and
has signed this very statement, so nobody can use us to query strangers' cards.
"""

from datetime import datetime

from identity.jpki import checklist, signed_attributes
from identity.jpki.anchors import Anchor, TrustAnchors
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.profile import CardKind
from identity.verification import model
from identity.verification.asking import REVOCATION_SECONDS, asked
from identity.verification.model import (
    LinkageKey,
    ProvenCard,
    RevocationState,
    RevocationStatus,
)
from identity.verification.ports import JudgedApart, NotJudged, RevocationSource, RevocationSubject
from identity.verification.refusals import Hint, Refused, RevocationCode, refused


class CardVerifier:
    """Verifies card proofs against pinned roots and one revocation source.

    UnusableContentType when the environment must not accept the content type that cards sign.
    """

    def __init__(
        self,
        anchors: TrustAnchors,
        revocation: RevocationSource,
        apart: JudgedApart,
        *,
        revocation_seconds: float = REVOCATION_SECONDS,
    ) -> None:
        signed_attributes.check_usable(anchors.environment)
        self._anchors = anchors
        self._by_key = {anchor.key_sha256: anchor for anchor in (*anchors.auth, *anchors.sign)}
        self._revocation = revocation
        self._apart = apart
        self._revocation_seconds = revocation_seconds

    async def verify(self, proof: CardProof, *, at: datetime) -> ProvenCard | Refused:
        """All steps of a proof, at the moment `at` (with its zone). NotJudged when the process
        for certificates that are not plain cannot be had.

        What the flow requires is not asked here, so that a good card below it can be told from a
        bad one.
        """
        # Steps 1 to 10, apart from everything else unless the certificate is small and plain.
        scanned = checklist.scan(proof)
        if isinstance(scanned, Denied):
            return refused(scanned.refusal, at=at)
        if scanned.is_plain:
            judged = checklist.judge(proof, scanned, self._anchors, at)
        else:
            judged = await self._apart.judge(proof, at)
        if isinstance(judged, Denied):
            return refused(judged.refusal, at=at, purpose=judged.purpose)
        issuer = self._by_key.get(judged.issuer_key_sha256)
        if issuer is None or issuer.purpose is not judged.purpose:
            raise NotJudged("the judgement names no root of ours")
        # Step 11: revocation, from the configured source.
        state = await self._state(judged, at)
        if state.status is not RevocationStatus.GOOD:
            return _not_good(judged, state, at)
        # Step 12, the attributes, decides nothing: they come with what is known about them.
        return _proven(proof, judged, issuer, state, at)

    async def _state(self, judged: Judged, at: datetime) -> RevocationState:
        subject = RevocationSubject(
            purpose=judged.purpose,
            certificate=_linkage_key(judged),
            distribution_points=judged.distribution_points,
        )
        return await asked(self._revocation, subject, at, seconds=self._revocation_seconds)


def _linkage_key(judged: Judged) -> LinkageKey:
    return LinkageKey(issuer_key_sha256=judged.issuer_key_sha256, serial=judged.serial)


def _not_good(judged: Judged, state: RevocationState, at: datetime) -> Refused:
    revoked = state.status is RevocationStatus.REVOKED
    facts = {"reason": state.reason} if state.reason else {}
    if not revoked:
        facts = {"why": state.why or state.status}
    return Refused(
        hint=Hint.CERTIFICATE_REVOKED if revoked else Hint.REVOCATION_UNAVAILABLE,
        code=RevocationCode.REVOKED if revoked else RevocationCode.UNKNOWN,
        verified_at=at,
        facts=facts,
        purpose=judged.purpose,
        revocation=state,
    )


def _proven(
    proof: CardProof, judged: Judged, issuer: Anchor, state: RevocationState, at: datetime
) -> ProvenCard:
    return ProvenCard(
        purpose=judged.purpose,
        card_kind=CardKind(proof.card_kind),
        certificate=proof.certificate,
        issuer_certificate=issuer.certificate.der,
        signature=proof.signature,
        signed_attributes=judged.signed_attributes,
        statement_type=proof.statement_type,
        linkage_key=_linkage_key(judged),
        distribution_points=judged.distribution_points,
        revocation=state,
        verified_at=at,
        attributes=judged.attributes,
        passed=model._ALL_STEPS_PASSED,
    )
