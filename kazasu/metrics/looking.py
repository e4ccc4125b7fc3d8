"""Gauges that nobody's news tells: taken every few seconds by each process, from what it can see.

All processes of a deployment see the same tables, so dashboards take the largest and not the sum.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.authorities.crl_files import ListsHealth
from identity.evidence_archive.checkpoints.ports import Unstamped
from identity.jpki.anchors import Purpose, TrustAnchors
from kazasu.metrics.instruments import Instruments
from stores.sql.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Sights:
    """What is looked at. `unstamped` is nothing where nobody stamps. `reasons` are those of
    `/readyz`, `ready` gives the ones of now."""

    now: Callable[[], datetime]
    tables: Callable[[], Awaitable[Figures]]
    lists: Callable[[datetime], Awaitable[ListsHealth]]
    anchors: TrustAnchors
    apart: Callable[[], Awaitable[timedelta]]
    unstamped: Callable[[], Awaitable[Unstamped]]
    ready: Callable[[], Awaitable[Sequence[str]]]
    reasons: Sequence[str]


class Looking:
    def __init__(self, metrics: Instruments, sights: Sights) -> None:
        self._metrics = metrics
        self._sights = sights

    async def turn(self) -> None:
        """Once around. What comes first does not need the database."""
        sights, metrics = self._sights, self._metrics
        now = sights.now()
        problems = await sights.ready()
        for reason in sights.reasons:
            metrics.not_ready.of(reason).set(reason in problems)
        self._trust(now, await sights.lists(now))
        metrics.clock_apart.set((await sights.apart()).total_seconds())
        self._tables(await sights.tables())
        waiting = await sights.unstamped()
        metrics.unstamped.set(waiting.rows)
        metrics.unstamped_age.set(_age(now, waiting.oldest))
        metrics.looked.set(now.timestamp())

    def _trust(self, now: datetime, lists: ListsHealth) -> None:
        for purpose in Purpose:
            newest = [r.newest for r in lists.roots if r.purpose is purpose and r.newest]
            if newest:
                age = (now - max(newest)).total_seconds()
                self._metrics.list_age.of(purpose.value).set(age)
            ends = max(a.certificate.not_after for a in self._sights.anchors.of(purpose))
            self._metrics.root_left.of(purpose.value).set((ends - now).total_seconds())

    def _tables(self, seen: Figures) -> None:
        metrics = self._metrics
        metrics.checks_open.set(seen.checks_open)
        metrics.queue_length.set(seen.queue_length)
        metrics.queue_wait.set(_age(seen.at, seen.queue_first))
        metrics.outbox_length.set(seen.outbox_length)
        metrics.outbox_age.set(_age(seen.at, seen.outbox_first))


def _age(at: datetime, since: datetime | None) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
