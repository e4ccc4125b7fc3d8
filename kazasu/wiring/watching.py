"""Who watches: metrics and traces, put around the parts. Rooms know of neither."""

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
import structlog

from identity.evidence_archive.checkpoints.ports import Unstamped
from identity.tenants.model import TenantId
from ivr.business_systems.https_lookups import LONGEST_SECONDS
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.engine import Step
from ivr.live_calls.advancing import Trace
from kazasu import logs
from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.metrics.journeys import Journeys
from kazasu.metrics.listening import Listening
from kazasu.metrics.looking import Looking, Sights
from kazasu.outgoing_http import Watched
from kazasu.request_observer import App, RequestObserver
from kazasu.settings.model import Settings
from kazasu.tracing.spans import Spans, spans
from kazasu.wiring import readiness
from kazasu.wiring.archive import keeping
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.stores import Stores
from kazasu.worker import Loop
from stores.redis.link import RedisLink
from stores.sql import figures
from stores.sql.database import Database

LOOK_EVERY = 5.0
CARRIER_SECONDS = 3.0
_log = structlog.get_logger()


async def _nothing_waits(_tenant: TenantId) -> Unstamped:
    return Unstamped(rows=0, oldest=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`routes` are filled in once the doors are there."""

    metrics: Instruments
    journeys: Journeys
    spans: Spans
    routes: set[str]
    unstamped: Callable[[TenantId], Awaitable[Unstamped]] = field(default=_nothing_waits)
    listening: Listening | None = field(default=None)

    def around(self, app: App) -> App:
        return RequestObserver(app, self.metrics, _new_id, self.spans)

    def client(self) -> httpx2.AsyncClient:
        """For commands to the carrier: bounded, no redirects, nothing from the environment."""

        def told(answer: str, seconds: float) -> None:
            self.metrics.carrier_answered(answer, seconds)
            self.spans.waited("carrier", seconds)

        return httpx2.AsyncClient(
            timeout=CARRIER_SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=Watched(httpx2.AsyncHTTPTransport, told),
        )

    def business_client(self) -> httpx2.AsyncClient:
        """For lookups: bounded, no redirects, nothing from the environment. It keeps no cookie:
        what the answer about one caller sets must not come with the question about the next."""

        def told(_answer: str, seconds: float) -> None:
            self.spans.waited("lookup", seconds)

        return httpx2.AsyncClient(
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
            timeout=LONGEST_SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=Watched(httpx2.AsyncHTTPTransport, told),
        )

    def steps(self, more: Trace | None) -> Trace:
        """Every step of every call, told to the funnel and to whoever else asked."""
        journeys = self.journeys

        def step(flow: Flow, taken: Step) -> None:
            journeys.step(flow, taken)
            if more is not None:
                more(flow, taken)

        return step

    def look(
        self, kept: Stores, identity: IdentitySide, ready: Callable[[], Awaitable[Sequence[str]]]
    ) -> Loop:
        sights = Sights(
            now=identity.deployment.now,
            tables=lambda: figures.look(kept.database),
            lists=identity.revocation.health,
            anchors=identity.anchors,
            apart=identity.clock.apart,
            unstamped=lambda: self.unstamped(identity.tenant.id),
            ready=ready,
            reasons=readiness.REASONS,
        )
        return Loop(name="look", every=LOOK_EVERY, turn=Looking(self.metrics, sights).turn)

    def close(self) -> None:
        if self.listening is not None:
            self.listening.close()
        self.spans.close()


def build(settings: Settings, kept: Stores) -> Watch:
    """BadSettings when the metrics' address cannot be had, or traces cannot be made."""
    routes: set[str] = set()
    metrics = Instruments(new_registry(), routes=routes, reasons=readiness.REASONS)
    traced = spans(settings)
    _watch(kept.database, metrics, traced)
    if kept.shared is not None:
        _watch_redis(kept.shared.link, metrics, traced)
    logs.count_lines(lambda level: metrics.log_lines.of(level).inc())
    address = metrics_address(settings)
    return Watch(
        metrics=metrics,
        journeys=Journeys(metrics, kept.pairings.by_id, time.monotonic),
        spans=traced,
        routes=routes,
        unstamped=keeping.unstamped(settings, kept.database),
        listening=Listening(metrics.registry, *address) if address else None,
    )


def metrics_address(settings: Settings) -> tuple[str, int] | None:
    """Where `/metrics` is to be served, if anywhere. One that strangers may reach is warned of:
    nothing in it is secret, and nobody else needs it."""
    if not settings.metrics_listen:
        return None
    if settings.metrics_on_every_address():
        _log.warning("metrics_on_every_address")
    return settings.metrics_address()


def _watch(database: Database, metrics: Instruments, traced: Spans) -> None:
    def used(use: str, seconds: float, raised: bool) -> None:
        metrics.stores.of("sql", use).observe(seconds)
        if raised:
            metrics.store_failures.of("sql", use).inc()
        traced.waited(f"sql {use}", seconds)

    database.watch(used)


def _watch_redis(link: RedisLink, metrics: Instruments, traced: Spans) -> None:
    def used(seconds: float, raised: bool) -> None:
        metrics.stores.of("redis", "write").observe(seconds)
        if raised:
            metrics.store_failures.of("redis", "write").inc()
        metrics.breaker.of("redis").set(link.is_open)
        traced.waited("redis", seconds)

    link.watch(used)


def _new_id() -> str:
    return secrets.token_hex(8)
