"""A request as metrics, log and answer see it."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import structlog

from kazasu import request_observer
from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.request_observer import RequestObserver, route_is

ROUTES = ("/livez", "/carriers/twilio/turn", "/operator/events")


class Service:
    """An application that does what the test says, observed."""

    def __init__(self, does: Callable[[Any, Any], Any]) -> None:
        self.metrics = Instruments(new_registry(), routes=ROUTES, reasons=())
        self.bound: dict[str, Any] = {}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.bound = dict(structlog.contextvars.get_contextvars())
            await does(scope, send)

        self.app: Any = RequestObserver(app, self.metrics, iter(map(str, range(100))).__next__)

    async def asked(self, path: str = "/livez", method: str = "GET") -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as http:
            return await http.request(method, path)

    def count(self, route: str, method: str, status: str) -> float | None:
        labels = {"route": route, "method": method, "status": status}
        return self.metrics.registry.get_sample_value("kazasu_request_seconds_count", labels)

    def gauge(self, route: str) -> float | None:
        return self.metrics.registry.get_sample_value("kazasu_open_streams", {"route": route})


def answering(status: int = 200, route: str = "/livez", kind: bytes = b"text/plain") -> Any:
    async def does(_scope: Any, send: Any) -> None:
        route_is(route)
        route_is("/later-is-too-late")
        headers = [(b"content-type", kind)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return does


@pytest.mark.parametrize(
    ("status", "word"), [(200, "2xx"), (302, "3xx"), (404, "4xx"), (503, "5xx")]
)
async def test_it_counts_by_template_method_and_class(status: int, word: str) -> None:
    service = Service(answering(status))
    await service.asked("/livez?number=%2B819012345678")
    assert service.count("/livez", "GET", word) == 1


async def test_paths_and_methods_that_nobody_knows_are_other() -> None:
    service = Service(answering(404, route="/+819012345678"))
    await service.asked("/+819012345678", "YAMADA")
    assert service.count("other", "other", "4xx") == 1


async def test_each_request_has_its_own_id_in_answer_and_log() -> None:
    service = Service(answering())
    structlog.contextvars.bind_contextvars(call_ref="of an earlier request")
    first, second = await service.asked(), await service.asked()
    structlog.contextvars.clear_contextvars()
    assert (first.headers["x-request-id"], second.headers["x-request-id"]) == ("0", "1")
    assert service.bound == {"request_id": "1"}


async def test_a_request_that_breaks_counts_as_cut() -> None:
    async def breaks(_scope: Any, _send: Any) -> None:
        route_is("/livez")
        raise RuntimeError("broken")

    service = Service(breaks)
    with pytest.raises(RuntimeError):
        await service.asked()
    assert service.count("/livez", "GET", "cut") == 1


async def test_streams_are_counted_while_they_are_open() -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def streams(_scope: Any, send: Any) -> None:
        route_is("/operator/events")
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        begun.set()
        await may_end.wait()
        await send({"type": "http.response.body", "body": b""})

    service = Service(streams)
    asking = asyncio.ensure_future(service.asked("/operator/events"))
    await begun.wait()
    assert service.gauge("/operator/events") == 1
    assert service.count("/operator/events", "GET", "2xx") == 1
    may_end.set()
    await asking
    assert service.gauge("/operator/events") == 0


@pytest.mark.parametrize(("route", "late"), [("/carriers/twilio/turn", 1), ("/livez", 0)])
async def test_a_webhook_that_is_late_is_told(
    route: str, late: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_observer, "_LATE", -1.0)
    service = Service(answering(route=route))
    await service.asked()
    assert service.metrics.registry.get_sample_value("kazasu_webhooks_late_total") == late


def test_outside_of_a_request_nothing_is_kept() -> None:
    route_is("/livez")
    assert request_observer._now_seen.get() is None
