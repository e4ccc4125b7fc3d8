"""Traces, when `KAZASU_TRACES_URL` is set: one span a request, and one for what it waited for.

OpenTelemetry is the extra `otel` (docs/operations.md) and is loaded only then. Span names are route
templates, attributes come from closed sets; no path, number, code or name ever enters a span.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings

Scope = MutableMapping[str, Any]


class Span(Protocol):
    def end(self, method: str, route: str, status: str) -> None:
        """What it was, known only when it is over."""
        ...


class Spans(Protocol):
    def request(self, scope: Scope, request_id: str) -> AbstractContextManager[Span]:
        """Around one request; what is waited for meanwhile becomes its child."""
        ...

    def waited(self, name: str, seconds: float) -> None:
        """Something that has just ended and took so long, below the request in hand."""
        ...

    def close(self) -> None:
        """Send what is left."""
        ...


class _NoSpans:
    @contextmanager
    def request(self, scope: Scope, request_id: str) -> Iterator[Span]:
        yield self

    def end(self, method: str, route: str, status: str) -> None:
        return

    def waited(self, name: str, seconds: float) -> None:
        return

    def close(self) -> None:
        return


NO_SPANS: Final[Spans] = _NoSpans()


def spans(settings: Settings) -> Spans:
    """As the settings say. BadSettings when traces are asked for and the extra is not there."""
    if not settings.traces_url:
        return NO_SPANS
    try:
        from kazasu.tracing.opentelemetry import exporting
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        raise BadSettings(
            [
                "KAZASU_TRACES_URL: OpenTelemetry is not installed. Run in kazasu's own folder: "
                ".venv/bin/pip install -e '.[otel]'"
            ]
        ) from None
    return exporting(settings.traces_url)
