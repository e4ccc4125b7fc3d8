"""A revocation source is asked: with the proof, and again where a verdict is to stand later."""

import asyncio
from datetime import datetime
from typing import Final

from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSource, RevocationSubject

REVOCATION_SECONDS: Final = 3.0


async def asked(
    source: RevocationSource,
    subject: RevocationSubject,
    at: datetime,
    *,
    seconds: float = REVOCATION_SECONDS,
) -> RevocationState:
    """The state at `at`. A source that breaks or says nothing in time is one that cannot tell: the
    card is neither good nor bad (`unknown`)."""
    try:
        async with asyncio.timeout(seconds):
            return await source.status(subject, at)
    except TimeoutError:
        return _silent("timeout", at)
    except Exception:
        return _silent("source_failed", at)


def _silent(why: str, at: datetime) -> RevocationState:
    return RevocationState(status=RevocationStatus.UNKNOWN, method="none", checked_at=at, why=why)
