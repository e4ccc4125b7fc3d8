"""The certificate behind a verdict that lives is asked about again (threat T12).

At hand-over and before what an operator does that lays data open; and whenever the source has
news. What was found with the verdict stays as it was: each answer that is new is a row of its own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias
from weakref import WeakValueDictionary

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder, Retention
from identity.jpki.anchors import Purpose
from identity.pairing.deployment import Deployment
from identity.pairing.model import (
    REVOKED,
    CallRef,
    EvidenceId,
    Pairing,
    PairingId,
    PersonId,
    Recheck,
    Revocation,
    news_of,
)
from identity.pairing.outcomes import Status
from identity.pairing.ports import LiveVerdict, LiveVerdicts, Lost, Pairings
from identity.pairing.proofs.evidence import sealed_of
from identity.pairing.proofs.judging import revocation_of
from identity.pairing.verbs.ending import TRIES
from identity.tenants.model import TenantId
from identity.verification.asking import asked
from identity.verification.ports import RevocationSource, RevocationSubject

GOOD: Final = "good"
_AT_ONCE: Final = 100
_MOST_ASKED: Final = 10_000
"""Verdicts of which one process remembers when it asked last."""
Edition: TypeAlias = Callable[[], Awaitable[int]]


class Occasion(Enum):
    """Why it is asked again: a word of the evidence."""

    HAND_OVER = "hand_over"
    REVEAL = "reveal"
    CARD_ATTRIBUTES = "card_attributes"
    SOURCE_NEWS = "source_news"


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What the source answered from when all were asked about last. `heard`: no more for now."""

    edition: int
    again_at: datetime
    heard: bool = False


class Rechecking:
    """`edition` numbers what the source answers from: another number when it has news."""

    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        live: LiveVerdicts,
        source: RevocationSource,
        edition: Edition,
        recorder: Recorder,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._live = live
        self._source = source
        self._edition = edition
        self._recorder = recorder
        self._asked: OrderedDict[PairingId, datetime] = OrderedDict()
        self._turns: WeakValueDictionary[PairingId, asyncio.Lock] = WeakValueDictionary()
        self._news: _News | None = None

    async def of_call(self, tenant: TenantId, call_ref: CallRef, occasion: Occasion) -> None:
        """Ask about the live verdicts of a call, each at most once within `recheck_apart`; done
        when what came of it is written. A source that cannot tell takes 3 s at most."""
        for live in await self._live.of_call(tenant, call_ref):
            if live.certificate is not None:
                # Whoever comes while it is being asked waits for what comes of it.
                async with self._turns.setdefault(live.pairing, asyncio.Lock()):
                    await self._ask_now_and_then(tenant, live, live.certificate, occasion)

    async def look(self) -> None:
        """When the source has news, ask about all that live: at once, and again after
        `recheck_apart`, as a proof that was on its way may have been answered from before the news.
        As long as the source cannot tell of each of them, so often again."""
        edition, now = await self._edition(), self._deployment.now()
        news = self._news
        first = news is None or news.edition != edition
        if news is not None and not first and (news.heard or now < news.again_at):
            return
        again_at = now + self._deployment.policy.recheck_apart
        self._news = _News(edition=edition, again_at=again_at)
        told = [await self._all_of(tenant) for tenant in self._deployment.tenants]
        self._news = _News(edition=edition, again_at=again_at, heard=all(told) and not first)

    async def _all_of(self, tenant: TenantId) -> bool:
        """Whether the source could tell of each."""
        told, person = True, PersonId("")
        while page := await self._live.after(tenant, person, at_most=_AT_ONCE):
            for live in page:
                if live.certificate is not None and live.said != REVOKED:
                    news = Occasion.SOURCE_NEWS
                    told = await self._ask(tenant, live, live.certificate, news) and told
            person = page[-1].person
            await asyncio.sleep(0)  # the calls themselves come in between
        return told

    async def _ask_now_and_then(
        self, tenant: TenantId, live: LiveVerdict, of: RevocationSubject, occasion: Occasion
    ) -> None:
        if not self._may_ask(live.pairing):
            return
        try:
            await self._ask(tenant, live, of, occasion)
        except BaseException:  # nothing came of it, also where the asker has gone
            self._asked.pop(live.pairing, None)
            raise

    async def _ask(
        self, tenant: TenantId, live: LiveVerdict, of: RevocationSubject, occasion: Occasion
    ) -> bool:
        """False when the source cannot tell."""
        state = await asked(self._source, of, self._deployment.now())
        found = revocation_of(state)
        told = found.status in (GOOD, REVOKED)
        if occasion is not Occasion.SOURCE_NEWS or _worth_telling(found, live):
            await self._keep(tenant, live.pairing, of.purpose, found, occasion)
        return told

    async def _keep(
        self,
        tenant: TenantId,
        pairing: PairingId,
        purpose: Purpose,
        found: Revocation,
        occasion: Occasion,
    ) -> None:
        for _ in range(TRIES):
            before = await self._pairings.by_id(tenant, pairing)
            if before is None or not _is_new(before, found):
                return
            record = self._record(before, purpose, found, occasion)
            again = Recheck(revocation=found, evidence_id=EvidenceId(record.id))
            after = replace(before, recheck=again)
            news = news_of(after, self._deployment.now())
            answer = await self._pairings.change(before, after, news=news, record=record)
            if not isinstance(answer, Lost):
                return

    def _record(
        self, of: Pairing, purpose: Purpose, found: Revocation, occasion: Occasion
    ) -> SealedRecord:
        """As the verdict's record: words in the header, what a source said sealed."""
        assert of.verdict is not None  # complete pairings have one
        signed = purpose is Purpose.SIGN
        return self._recorder.record(
            self._deployment.tenants[of.tenant],
            Kind.RECHECK,
            at=self._deployment.now(),
            header={
                "pairing": of.id,
                "status": of.status.value,
                "verdict": of.verdict.evidence_id,
                "occasion": occasion.value,
                "certificate": purpose.value,
                "revocation": found.status,
                "revocation_method": found.method,
                "policy": self._deployment.policy.name,
            },
            retention=Retention.SIGNATURE if signed else Retention.AUTHENTICATION,
            result=sealed_of(found),
        )

    def _may_ask(self, pairing: PairingId) -> bool:
        now = self._deployment.now()
        last = self._asked.get(pairing)
        if last is not None and now < last + self._deployment.policy.recheck_apart:
            return False
        self._asked[pairing] = now
        self._asked.move_to_end(pairing)
        if len(self._asked) > _MOST_ASKED:
            self._asked.popitem(last=False)
        return True


def _worth_telling(found: Revocation, live: LiveVerdict) -> bool:
    """News of the source is told where it takes a verdict away, or a doubt. That one stays good is
    no row for each call there is, and an outage says nothing about any card."""
    return found.status == REVOKED or (found.status == GOOD and live.said not in ("", GOOD))


def _is_new(before: Pairing, found: Revocation) -> bool:
    """Another answer than the last one, or one from newer data."""
    if before.status is not Status.COMPLETE or before.verdict is None or before.revoked_since:
        return False
    known = before.recheck.revocation if before.recheck else before.verdict.revocation
    if (found.status, found.detail) != (known.status, known.detail):
        return True
    # A process that still answers from older data has nothing to say.
    new, old = found.source_updated_at, known.source_updated_at
    return new is not None and (old is None or new > old)
