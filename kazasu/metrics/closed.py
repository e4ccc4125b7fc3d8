"""Metrics whose labels come from closed sets only: whatever else is given counts as `other`.

A label's value is kept for as long as the process lives and is read by whoever may read metrics.
So none may ever come from outside: not a path, not a number, not a name.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

OTHER: Final = "other"
M = TypeVar("M", bound=MetricWrapperBase)


class Labelled(Generic[M]):
    """One metric with its children by label values, in the order of `sets` (which may yet grow).

    Every child of a small set is made at once, so that a rate over it begins at nought and an alarm
    sees the first event.
    """

    def __init__(self, metric: M, sets: Mapping[str, Collection[str]]) -> None:
        self._metric = metric
        self._sets = tuple(sets.values())
        self._children: dict[tuple[str, ...], M] = {}
        if len(self._sets) == 1:
            for value in sorted(self._sets[0]):
                self.of(value)

    def of(self, *values: str) -> M:
        """The child for these values; one that is not in its set becomes `other`."""
        child = self._children.get(values)
        return child if child is not None else self._made(values)

    def _made(self, values: Sequence[str]) -> M:
        kept = tuple(
            value if value in allowed else OTHER
            for value, allowed in zip(values, self._sets, strict=True)
        )
        child = self._children.get(kept)
        if child is None:
            child = self._children[kept] = self._metric.labels(*kept)
        return child


class Metrics:
    """Makes metrics of one registry, all named `kazasu_…`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def counter(self, name: str, says: str) -> Counter:
        return Counter(f"kazasu_{name}", says, registry=self._registry)

    def gauge(self, name: str, says: str) -> Gauge:
        return Gauge(f"kazasu_{name}", says, registry=self._registry)

    def counters(self, name: str, says: str, **sets: Collection[str]) -> Labelled[Counter]:
        return Labelled(Counter(f"kazasu_{name}", says, list(sets), registry=self._registry), sets)

    def gauges(self, name: str, says: str, **sets: Collection[str]) -> Labelled[Gauge]:
        return Labelled(Gauge(f"kazasu_{name}", says, list(sets), registry=self._registry), sets)

    def histograms(
        self, name: str, says: str, buckets: Sequence[float], **sets: Collection[str]
    ) -> Labelled[Histogram]:
        made = Histogram(
            f"kazasu_{name}", says, list(sets), registry=self._registry, buckets=buckets
        )
        return Labelled(made, sets)
