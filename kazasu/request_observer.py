"""Every request, seen from outside the doors: its id, how long it took, how it ended, its span.

The route template is what a door's table says (`route_is`), never the path. The time runs until
the answer begins, so that long polls and event streams count as what they are to who waits.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import structlog

from kazasu.metrics.instruments import Instruments
from kazasu.tracing.spans import NO_SPANS, Spans

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER: Final = b"x-request-id"
_LATE: Final = 2.0
_CARRIER: Final = "/carriers/"
_STREAM: Final = b"text/event-stream"
_CLASSES: Final = {2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
_log = structlog.get_logger()


@dataclass(slots=True)
class _Seen:
    """One request as far as it has come."""

    began: float
    route: str = ""
    status: str = "cut"
    answered: bool = False
    stream: bool = False


_now_seen: ContextVar[_Seen | None] = ContextVar("request_seen", default=None)


def route_is(template: str) -> None:
    """Told by the application once it knows; of a request nobody observes, nothing is kept."""
    seen = _now_seen.get()
    if seen is not None and not seen.route:
        seen.route = template


class RequestObserver:
    """An ASGI application around one. `new_id` gives a request's id, random and unguessable."""

    def __init__(
        self, app: App, metrics: Instruments, new_id: Callable[[], str], spans: Spans = NO_SPANS
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._new_id = new_id
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Seen(began=time.perf_counter())
        _now_seen.set(seen)
        request_id = self._new_id()
        # Each request runs in a task of its own, so what is bound here is bound for it alone.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def seen_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answer_begins(seen, scope, message)
                message["headers"] = [*message["headers"], (HEADER, request_id.encode())]
            await send(message)

        with self._spans.request(scope, request_id) as span:
            try:
                await self._app(scope, receive, seen_send)
            finally:
                self._over(seen, scope)
                span.end(scope["method"], seen.route, seen.status)

    def _answer_begins(self, seen: _Seen, scope: Scope, message: Message) -> None:
        seen.answered, seen.status = True, _CLASSES.get(message["status"] // 100, "5xx")
        seen.stream = any(
            name.lower() == b"content-type" and value.startswith(_STREAM)
            for name, value in message["headers"]
        )
        if seen.stream:
            self._metrics.streams.of(seen.route).inc()
        self._count(seen, scope)

    def _over(self, seen: _Seen, scope: Scope) -> None:
        if not seen.answered:
            self._count(seen, scope)
        if seen.stream:
            self._metrics.streams.of(seen.route).dec()

    def _count(self, seen: _Seen, scope: Scope) -> None:
        took = time.perf_counter() - seen.began
        self._metrics.requests.of(seen.route, scope["method"], seen.status).observe(took)
        if took > _LATE and seen.route.startswith(_CARRIER):
            self._metrics.late.inc()
            _log.warning("webhook_late", route=seen.route, ms=round(took * 1000))
