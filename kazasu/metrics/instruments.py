"""All metrics of the service, whole, on one screen (docs/operations.md says how to read them)."""

from collections.abc import Collection, Sequence
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)

from identity.jpki.anchors import Purpose
from identity.pairing.model import Mode
from identity.pairing.outcomes import Hint
from kazasu.metrics.closed import Metrics

STAGES: Final = ("called", "prompted", "claimed", "tapped", "verified", "talking")
METHODS: Final = ("GET", "POST")
CLASSES: Final = ("2xx", "3xx", "4xx", "5xx", "cut")
STORES: Final = ("sql", "redis")
USES: Final = ("read", "write", "group")
ANSWERS: Final = ("done", "gone", "refused", "too_many", "broken", "no_answer")
LEVELS: Final = ("info", "warning", "error")

# Seconds. A webhook is good under 0.1, late from 2 on, and lost after 3 (the carrier's read limit).
REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)
STORE_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 2, 5, 10)
VERIFY_BUCKETS: Final = (10, 20, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300)


class Instruments:
    """`routes` are the templates of every door, `reasons` the codes of `/readyz`."""

    def __init__(
        self, registry: CollectorRegistry, *, routes: Collection[str], reasons: Sequence[str]
    ) -> None:
        self.registry = registry
        make = Metrics(registry)
        self._of_calls(make)
        self._of_requests(make, routes)
        self._of_others(make)
        self._looked_at(make, reasons)

    def _of_calls(self, make: Metrics) -> None:
        hints, modes = [h.value for h in Hint], [m.value for m in Mode]
        self.funnel = make.counters(
            "funnel_total", "How far calls came: each stage once a call or check", stage=STAGES
        )
        self.ended = make.counters(
            "checks_ended_total", "Checks by how they ended", mode=modes, hint=hints
        )
        self.verify = make.histograms(
            "verify_seconds", "From the opened check to the verdict", VERIFY_BUCKETS, mode=modes
        )
        self.straight_on = make.counter(
            "calls_straight_on_total", "Calls above the limits, brought to a person at once"
        )
        self.sessions_lost = make.counter(
            "sessions_lost_total", "Live calls whose session was lost; they went on at a person"
        )
        self.faults = make.counter("flow_faults_total", "Faults of flows, heard as an apology")

    def _of_requests(self, make: Metrics, routes: Collection[str]) -> None:
        self.requests = make.histograms(
            "request_seconds",
            "Requests until their answer begins, by route template",
            REQUEST_BUCKETS,
            route=routes,
            method=METHODS,
            status=CLASSES,
        )
        self.late = make.counter(
            "webhooks_late_total", "Carrier webhooks answered after more than 2 s: the caller waits"
        )
        self.gaps = make.counter(
            "hold_gaps_total", "Holds that were over for more than 4 s before the next request came"
        )
        self.streams = make.gauges("open_streams", "Live event streams (consoles)", route=routes)

    def _of_others(self, make: Metrics) -> None:
        self.stores = make.histograms(
            "store_seconds", "Uses of a store, waiting included", STORE_BUCKETS,
            store=STORES, use=USES,
        )  # fmt: skip
        self.store_failures = make.counters(
            "store_failures_total", "Uses of a store that raised", store=STORES, use=USES
        )
        self.carrier = make.histograms(
            "carrier_seconds", "Commands sent to the carrier, each try", REQUEST_BUCKETS,
            answer=ANSWERS,
        )  # fmt: skip
        self.carrier_failures = make.gauge(
            "carrier_failures_in_a_row", "Tries of commands that came to nothing since one was done"
        )
        self.log_lines = make.counters("log_lines_total", "Lines logged", level=LEVELS)

    def carrier_answered(self, answer: str, seconds: float) -> None:
        """`answer` is one of `ANSWERS`. A call that is over was answered all the same."""
        self.carrier.of(answer).observe(seconds)
        if answer in ("done", "gone"):
            self.carrier_failures.set(0)
        else:
            self.carrier_failures.inc()

    def _looked_at(self, make: Metrics, reasons: Sequence[str]) -> None:
        self.checks_open = make.gauge("checks_open", "Checks that wait for their caller")
        self.queue_length = make.gauge("queue_length", "Callers who wait for an operator")
        self.queue_wait = make.gauge("queue_longest_wait_seconds", "How long the first has waited")
        self.outbox_length = make.gauge("outbox_length", "News not delivered yet")
        self.outbox_age = make.gauge("outbox_oldest_seconds", "Age of the oldest of them")
        self.unstamped = make.gauge(
            "evidence_unstamped_rows", "Rows of evidence that wait for a time-stamp"
        )
        self.unstamped_age = make.gauge(
            "evidence_unstamped_seconds", "Since when the first of them waits"
        )
        self.list_age = make.gauges(
            "revocation_age_seconds", "Age of the newest list that answers", purpose=_purposes()
        )
        self.root_left = make.gauges(
            "trust_anchor_seconds_left", "Until the last pinned root ends", purpose=_purposes()
        )
        self.clock_apart = make.gauge("clock_apart_seconds", "Our clock less the database's")
        self.not_ready = make.gauges("not_ready", "1 for each reason that /readyz gives now",
                                     reason=reasons)  # fmt: skip
        self.breaker = make.gauges(
            "breaker_open", "1 while calls to it are not even tried", to=("redis",)
        )
        self.looked = make.gauge("looked_timestamp_seconds", "When the gauges were last taken")


def new_registry() -> CollectorRegistry:
    """With what the process itself costs: CPU, memory, descriptors, collections."""
    registry = CollectorRegistry()
    for collect in (ProcessCollector, PlatformCollector, GCCollector):
        collect(registry=registry)
    return registry


def _purposes() -> list[str]:
    return [purpose.value for purpose in Purpose]
