"""The funnel of calls and checks, fed by news and by the steps of flows.

News is delivered at least once, and by any process; counts of all processes are added up. A stage
counts once for a check here, also when its news comes again.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from identity.pairing.model import NO_CALL, Pairing, PairingId, PairingNews
from identity.pairing.outcomes import AFTERWARDS, COMPLETE, Hint, Status
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.engine import Step
from kazasu.metrics.hold_gaps import HoldGaps
from kazasu.metrics.instruments import Instruments

_MOST: Final = 20_000
Look: TypeAlias = Callable[[TenantId, PairingId], Awaitable[Pairing | None]]

_STAGES: Final = {
    Hint.AWAITING_APP: "prompted",
    Hint.AWAITING_DIAL: "prompted",
    Hint.APP_OPENED: "claimed",
    Hint.AWAITING_CALL_CONFIRM: "claimed",
    Hint.VERIFYING: "tapped",
}


class Journeys:
    """`look` reads a check that has ended, for its mode and its times."""

    def __init__(self, metrics: Instruments, look: Look, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._look = look
        self._gaps = HoldGaps(clock, metrics.gaps.inc)
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def pairing(self, news: PairingNews) -> None:
        """A subscriber of the outbox."""
        stage = _STAGES.get(news.hint)
        if stage is not None and self._first(news.pairing, stage) and await self._calls(news):
            self._metrics.funnel.of(stage).inc()
        if news.status is not Status.PENDING and self._first(news.pairing, news.hint.value):
            await self._ended(news)

    def step(self, _flow: Flow, step: Step) -> None:
        """Hears of every step of every call; never raises for what a step may hold."""
        if not step.trace:
            return
        heard, metrics = step.trace[0].input, self._metrics
        if heard in ("call_arrived", "straight_on"):
            metrics.funnel.of("called").inc()
        if heard == "straight_on":
            metrics.straight_on.inc()
        elif heard == "rescued":
            metrics.sessions_lost.inc()
        elif heard == "talk_began":
            metrics.funnel.of("talking").inc()
        faults = sum(1 for entry in step.trace if entry.fault)
        if faults:
            metrics.faults.inc(faults)
        self._gaps.heard(step.session, heard)

    async def _ended(self, news: PairingNews) -> None:
        pairing = await self._look(news.tenant, news.pairing)
        if pairing is not None and _told_again(news, pairing):
            return
        mode = pairing.mode.value if pairing is not None else ""
        self._metrics.ended.of(mode, news.hint.value).inc()
        if news.status is not Status.COMPLETE or news.hint in AFTERWARDS:
            return
        if pairing is None or pairing.mode.of_a_call:
            self._metrics.funnel.of("verified").inc()
        if pairing is not None and pairing.ended_at is not None:
            took = (pairing.ended_at - pairing.opened_at).total_seconds()
            self._metrics.verify.of(mode).observe(took)

    async def _calls(self, news: PairingNews) -> bool:
        """The funnel is of calls: what is begun at a desk is none."""
        if news.call_ref != NO_CALL:
            return True
        pairing = await self._look(news.tenant, news.pairing)
        return pairing is None or pairing.mode.of_a_call

    def _first(self, pairing: PairingId, stage: str) -> bool:
        if (pairing, stage) in self._seen:
            return False
        self._seen[pairing, stage] = None
        if len(self._seen) > _MOST:
            self._seen.popitem(last=False)
        return True


def _told_again(news: PairingNews, pairing: Pairing) -> bool:
    """Its certificate was asked about again, and it stands: no other end than the first."""
    ended = pairing.ended_at
    return news.hint in COMPLETE and ended is not None and news.at > ended
