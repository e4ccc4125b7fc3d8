"""Spans by OpenTelemetry, sent as OTLP over HTTP. Loaded only when traces are asked for."""

import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode

Scope = MutableMapping[str, Any]
_UNKNOWN: Final = "unknown route"
_FAILED: Final = ("5xx", "cut")


class OpenTelemetrySpans:
    """What `spans.Spans` asks for. Trace ids that come from outside are not taken over."""

    def __init__(self, processor: SpanProcessor) -> None:
        # The resource is ours alone: detectors would add host names and command lines.
        self._provider = TracerProvider(
            resource=Resource({"service.name": "kazasu"}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kazasu")

    @contextmanager
    def request(self, scope: Scope, request_id: str) -> Iterator["RequestSpan"]:
        span = self._tracer.start_span(
            _UNKNOWN,
            context=context.Context(),
            kind=SpanKind.SERVER,
            attributes={"kazasu.request_id": request_id},
        )
        token = context.attach(trace.set_span_in_context(span))
        try:
            yield RequestSpan(span)
        finally:
            context.detach(token)
            span.end()

    def waited(self, name: str, seconds: float) -> None:
        if not trace.get_current_span().is_recording():
            return  # a loop's own work: nobody waits for it
        ended = time.time_ns()
        span = self._tracer.start_span(name, start_time=ended - int(seconds * 1e9))
        span.end(ended)

    def close(self) -> None:
        self._provider.shutdown()


class RequestSpan:
    def __init__(self, span: Span) -> None:
        self._span = span

    def end(self, method: str, route: str, status: str) -> None:
        """The name is the template; a path that no template knows has no name of its own."""
        known = route or _UNKNOWN
        verb = method if method in ("GET", "POST") else "other"
        self._span.update_name(f"{verb} {known}")
        facts: dict[str, Any] = {"http.route": known, "http.request.method": verb}
        self._span.set_attributes({**facts, "kazasu.status_class": status})
        if status in _FAILED:
            self._span.set_status(StatusCode.ERROR)


def exporting(url: str) -> OpenTelemetrySpans:
    """To a collector's traces endpoint, in batches, from a thread of its own."""
    return OpenTelemetrySpans(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=5)))
