"""What verification asks, for tests: faithful to the ports, with the answer given beforehand."""

import asyncio
from datetime import datetime

from identity.jpki.checklist import CardProof, Denied, Judged
from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import NotJudged, RevocationSubject


class Answering:
    """Answers every question with one status and keeps the questions."""

    def __init__(
        self,
        status: RevocationStatus = RevocationStatus.GOOD,
        *,
        reason: str | None = None,
        why: str | None = None,
    ) -> None:
        self._status = status
        self._reason = reason
        self._why = why
        self.asked: list[RevocationSubject] = []

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        self.asked.append(subject)
        return RevocationState(
            status=self._status,
            method="table",
            checked_at=at,
            source_updated_at=at,
            reason=self._reason,
            why=self._why,
        )


class Register:
    """Says of each serial what a register says, from data that are as new as the question."""

    def __init__(self) -> None:
        self.revoked: set[int] = set()
        self.away = False

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        listed = subject.certificate.serial in self.revoked
        said = RevocationStatus.REVOKED if listed else RevocationStatus.GOOD
        return RevocationState(
            status=RevocationStatus.UNKNOWN if self.away else said,
            method="table",
            checked_at=at,
            source_updated_at=None if self.away else at,
            why="no_list" if self.away else None,
        )


class Silent:
    """Never answers."""

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")


class Broken:
    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        raise OSError("the source's own words, which must go nowhere")


class NeverApart:
    """For tests whose certificates are all plain: nobody may need the process apart."""

    async def judge(self, proof: CardProof, at: datetime) -> Judged | Denied:
        raise NotJudged("this certificate is not plain")
