"""What verification asks of the outside."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from identity.jpki.anchors import Purpose
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.verification.model import LinkageKey, ProvenCard, RevocationState


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationSubject:
    """Whose revocation is asked. `distribution_points` are the encoded directory names of the
    lists that the certificate says it would be in; a URL inside a certificate is never followed."""

    purpose: Purpose
    certificate: LinkageKey = field(repr=False)
    distribution_points: frozenset[bytes] = field(repr=False)

    @classmethod
    def of(cls, card: ProvenCard) -> "RevocationSubject":
        """To ask again, later, about a card that was proven."""
        return cls(
            purpose=card.purpose,
            certificate=card.linkage_key,
            distribution_points=card.distribution_points,
        )


class RevocationSource(Protocol):
    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        """The state at `at`. A source that cannot tell answers `unknown` with a reason; an
        exception is taken for the same."""
        ...


class NotJudged(RuntimeError):
    """The process apart could not be asked: ours to mend, and nothing about the card."""


class NoRoom(NotJudged):
    """As many questions wait for the process apart as may: ask again. Nothing about the card."""


class JudgedApart(Protocol):
    async def judge(self, proof: CardProof, at: datetime) -> Judged | Denied:
        """The whole checklist (`jpki/checklist`) for a certificate that is not plain, with a bound
        on the CPU it takes. NotJudged, NoRoom."""
        ...
