"""Traces: one span a request, named by its template; nothing of what was asked is in them."""

import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.request_observer import RequestObserver, route_is
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load
from kazasu.tracing.opentelemetry import OpenTelemetrySpans
from kazasu.tracing.spans import NO_SPANS, spans
from tests.kazasu.deployment import Deployment
from tests.kazasu.observing.test_request_observer import ROUTES, Service, answering

NUMBER, CODE = "+819012345678", "47219638"


@dataclass
class Traced:
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)

    def __post_init__(self) -> None:
        self.spans = OpenTelemetrySpans(SimpleSpanProcessor(self.exporter))

    async def asked(self, does: Any, path: str, method: str = "POST") -> None:
        service = Service(does)
        metrics = Instruments(new_registry(), routes=ROUTES, reasons=())
        service.app = RequestObserver(service.app._app, metrics, lambda: "ab" * 8, self.spans)
        await service.asked(path, method)

    def ended(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()


@pytest.fixture
def traced() -> Traced:
    return Traced()


async def test_a_span_is_named_by_its_template_and_holds_nothing_else(traced: Traced) -> None:
    route = "/carriers/twilio/turn"
    await traced.asked(answering(route=route), f"{route}?number={NUMBER}&code={CODE}")
    (span,) = traced.ended()
    assert span.name == f"POST {route}"
    assert dict(span.attributes or {}) == {
        "kazasu.request_id": "ab" * 8,
        "http.route": route,
        "http.request.method": "POST",
        "kazasu.status_class": "2xx",
    }
    assert dict(span.resource.attributes) == {"service.name": "kazasu"}
    assert NUMBER not in span.to_json()
    assert CODE not in span.to_json()


async def test_what_it_waited_for_lies_below_it(traced: Traced) -> None:
    async def does(scope: Any, send: Any) -> None:
        traced.spans.waited("sql read", 0.25)
        await answering()(scope, send)

    await traced.asked(does, "/livez", "GET")
    waited, request = traced.ended()
    assert (waited.name, waited.parent) == ("sql read", request.get_span_context())
    assert waited.end_time is not None
    assert waited.start_time is not None
    assert waited.end_time - waited.start_time == 250_000_000


def test_a_loops_own_work_is_nobodys_span(traced: Traced) -> None:
    traced.spans.waited("sql read", 0.25)
    assert traced.ended() == ()


async def test_what_failed_or_was_not_known_says_so(traced: Traced) -> None:
    async def unknown(scope: Any, send: Any) -> None:
        route_is("")
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await traced.asked(unknown, f"/{CODE}", "YAMADA")
    (span,) = traced.ended()
    assert span.name == "other unknown route"
    assert span.status.status_code is StatusCode.ERROR
    assert CODE not in span.to_json()


def test_without_an_address_nothing_is_loaded(deployment: Deployment) -> None:
    assert spans(load(**deployment.variables)) is NO_SPANS


def test_without_the_extra_the_start_ends_in_words(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "kazasu.tracing.opentelemetry")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    asked = load(**deployment.variables, KAZASU_TRACES_URL="http://127.0.0.1:4318/v1/traces")
    with pytest.raises(BadSettings, match=r"not installed.*pip install -e '\.\[otel\]'"):
        spans(asked)


def test_an_address_with_a_password_is_refused(deployment: Deployment) -> None:
    with pytest.raises(BadSettings, match="without a password"):
        load(**deployment.variables, KAZASU_TRACES_URL="http://user:geheim@127.0.0.1/v1/traces")
