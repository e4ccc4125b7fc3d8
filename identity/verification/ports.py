"""What verification asks of the outside."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from identity.jpki.anchors import Purpose
from identity.verification.model import LinkageKey, RevocationState


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationSubject:
    """Whose revocation is asked. `distribution_points` are the encoded directory names of the
    lists that the certificate says it would be in; a URL inside a certificate is never followed."""

    purpose: Purpose
    certificate: LinkageKey = field(repr=False)
    distribution_points: frozenset[bytes] = field(repr=False)


class RevocationSource(Protocol):
    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        """The state at `at`. A source that cannot tell answers `unknown` with a reason; an
        exception is taken for the same."""
        ...
