"""Labels are closed sets, and every alarm's counter is there before its first event."""

from prometheus_client import CollectorRegistry

from kazasu.metrics.closed import Metrics


def test_what_is_not_in_the_set_is_other() -> None:
    registry = CollectorRegistry()
    routes: set[str] = set()
    made = Metrics(registry).counters("asked_total", "asked", route=routes, method=("GET",))
    routes.add("/livez")  # a set may grow until the doors are there
    for route, method in (("/livez", "GET"), ("/+819012345678", "GET"), ("/livez", "山田")):
        made.of(route, method).inc()
    made.of("/4721-9638", "GET").inc()
    values = {
        (sample.labels["route"], sample.labels["method"]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
    assert values == {("/livez", "GET"): 1, ("other", "GET"): 2, ("/livez", "other"): 1}


def test_a_counter_of_one_set_begins_at_nought() -> None:
    registry = CollectorRegistry()
    Metrics(registry).counters("ended_total", "ended", hint=("verified", "call_ended"))
    assert registry.get_sample_value("kazasu_ended_total", {"hint": "verified"}) == 0
