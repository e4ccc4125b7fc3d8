"""Lookups over a signed request: what is sent, what is believed, and that nothing is awaited for
ever. The business's system is the stand-in, which checks every signature."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count, repeat
from typing import Any, Self

import httpx2
import pytest
from structlog.testing import capture_logs

from ivr.business_systems.https_lookups import (
    LARGEST_ANSWER,
    BusinessSystem,
    HttpsLookups,
    TablesFirst,
)
from ivr.business_systems.lookup_requests import BadAnswer, read_answer, signed
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.site import LookupEntry
from ivr.live_calls.ports import LookupAnswer, Lookups
from stand_ins.business_system.door import Row, business_app

KEY, OLD_KEY = bytes(range(32)), bytes(range(24))
AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ENTRIES = {
    "open_case": LookupEntry(args={"contract": "ref"}, fields={"due": "date", "fee": "yen"}),
    "service_notice": LookupEntry(args={}, fields={}),
}
CASE: dict[str, Scalar] = {"due": "2026-12-10", "fee": 1200}
TABLES = {
    "open_case": [
        Row(args={"contract": "c-1"}, fields=CASE | {"name": "大阪 花子"}),
        Row(args={"contract": "c-2"}, fields=CASE),
        Row(args={"contract": "c-2"}, fields=CASE),
    ],
    "service_notice": [Row(args={}, fields={})],
}
Answering = Callable[[httpx2.Request], Coroutine[None, None, httpx2.Response]]


@pytest.fixture
async def clients() -> AsyncIterator[list[httpx2.AsyncClient]]:
    made: list[httpx2.AsyncClient] = []
    yield made
    for client in made:
        await client.aclose()


def lookups(
    clients: list[httpx2.AsyncClient],
    transport: httpx2.AsyncBaseTransport,
    keys: tuple[bytes, ...] = (KEY,),
) -> HttpsLookups:
    http, ids = httpx2.AsyncClient(transport=transport, trust_env=False), count()
    clients.append(http)
    return HttpsLookups(
        http,
        BusinessSystem(address="https://crm.example.jp/lookups", keys=keys),
        entries=lambda: ENTRIES,
        now=lambda: AT,
        new_id=lambda: f"msg_{next(ids)}",
    )


def business(key: bytes = KEY) -> httpx2.ASGITransport:
    app = business_app(TABLES, key, AT.timestamp)
    return httpx2.ASGITransport(app)  # type: ignore[arg-type]  # two spellings of ASGI


@contextmanager
def failure(says: str) -> Iterator[None]:
    """What a test expects of the log: one line, which names the lookup and no value."""
    with capture_logs() as lines:
        yield
    assert lines == [
        {"event": "lookup_failed", "log_level": "warning", "what": "open_case", "error": says}
    ]


async def ask(port: Lookups, contract: str = "c-1") -> LookupAnswer:
    return await port.look_up("main", "open_case", {"contract": contract})


async def test_found_none_and_multiple(clients: list[httpx2.AsyncClient]) -> None:
    port = lookups(clients, business())
    # The name was not declared, so it does not come further than this.
    assert await ask(port) == LookupAnswer(outcome="found", fields=CASE)
    assert await ask(port, "c-9") == LookupAnswer(outcome="none")
    assert await ask(port, "c-2") == LookupAnswer(outcome="multiple")
    assert await port.look_up("main", "service_notice", {}) == LookupAnswer(outcome="found")
    assert (await port.look_up("main", "customer", {})).outcome == "error"  # not in the site file


async def test_the_receiver_may_have_the_old_key_or_the_new_one(
    clients: list[httpx2.AsyncClient],
) -> None:
    for key in (KEY, OLD_KEY):
        port = lookups(clients, business(key), (OLD_KEY, KEY))
        assert (await ask(port)).outcome == "found"


async def test_with_another_key_nothing_is_told(clients: list[httpx2.AsyncClient]) -> None:
    with failure("status 401"):
        assert (await ask(lookups(clients, business(OLD_KEY)))).outcome == "error"


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The vector that the Standard Webhooks libraries are tested with."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent_at = datetime.fromtimestamp(1614265330, UTC)
    assert signed([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", sent_at, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


async def test_what_is_asked(clients: list[httpx2.AsyncClient]) -> None:
    asked: list[httpx2.Request] = []

    async def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, stream=Body([b'{"outcome": ', b'"none"}']))

    port = lookups(clients, httpx2.MockTransport(answer))
    assert await ask(port, "c-1/../x") == LookupAnswer(outcome="none")
    (request,) = asked
    assert (request.method, str(request.url)) == (
        "POST",
        "https://crm.example.jp/lookups/open_case",
    )
    assert json.loads(request.content) == {
        "tenant": "main",
        "lookup": "open_case",
        "args": {"contract": "c-1/../x"},
    }


def _always(response: Callable[[], httpx2.Response]) -> Answering:
    async def answer(_request: httpx2.Request) -> httpx2.Response:
        return response()

    return answer


class Body(httpx2.AsyncByteStream):
    """Comes in pieces, as from a network."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def told(*pieces: bytes, status: int = 200) -> Callable[[], httpx2.Response]:
    return lambda: httpx2.Response(status, stream=Body(pieces))


GOOD = json.dumps({"outcome": "found", "fields": CASE}).encode()


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (lambda: httpx2.Response(302, headers={"location": "http://127.0.0.1/"}), "status 302"),
        (told(status=204), "status 204"),
        (told(GOOD, status=500), "status 500"),
        (told(GOOD, b" " * LARGEST_ANSWER), "too large"),
        (lambda: httpx2.Response(200, stream=Body(repeat(b" "))), "too large"),
        (
            lambda: httpx2.Response(200, headers={"content-encoding": "br"}, stream=Body([GOOD])),
            "packed",
        ),
        (told(b"<html>"), "no JSON"),
    ],
    ids=["redirect", "empty", "broken", "large", "endless", "packed", "page"],
)
async def test_what_is_no_answer_is_an_error(
    clients: list[httpx2.AsyncClient], response: Callable[[], httpx2.Response], says: str
) -> None:
    """A redirect is not followed: the transport would answer it with the same again."""
    with failure(says):
        port = lookups(clients, httpx2.MockTransport(_always(response)))
        assert await ask(port) == LookupAnswer(outcome="error")


async def test_nobody_there(clients: list[httpx2.AsyncClient]) -> None:
    async def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused at 10.0.0.1", request=request)

    with failure("ConnectError"):
        assert (await ask(lookups(clients, httpx2.MockTransport(refuse)))).outcome == "error"


async def test_who_gives_up_waiting_lets_the_request_go(clients: list[httpx2.AsyncClient]) -> None:
    reached, let_go = asyncio.Event(), asyncio.Event()

    async def never(_request: httpx2.Request) -> httpx2.Response:
        reached.set()
        try:
            return await asyncio.Future()
        finally:
            let_go.set()

    with failure("given up"):
        asking = asyncio.ensure_future(ask(lookups(clients, httpx2.MockTransport(never))))
        await reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert let_go.is_set()


async def test_a_lookup_with_a_table_is_never_asked_elsewhere(
    clients: list[httpx2.AsyncClient],
) -> None:
    class Table:
        async def look_up(self, *_asked: object) -> LookupAnswer:
            return LookupAnswer(outcome="multiple")

    tables = {"open_case"}
    port = TablesFirst(Table(), lookups(clients, business()), tables.__contains__)
    assert (await ask(port)).outcome == "multiple"
    tables.clear()
    assert (await ask(port)).outcome == "found"


FIELDS = {"due": "date", "fee": "yen", "open": "bool", "who": "text", "at": "time", "to": "phone"}
WHOLE = {
    "due": "2026-12-10",
    "fee": 0,
    "open": False,
    "who": "",
    "at": "17:30",
    "to": "+81312345678",
}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, None),
        ({"who": "花子", "more": {"never": "kept"}}, None),
        ({"who": "x" * 500}, None),
        ({"due": None}, "due"),
        ({"due": "2026-02-30"}, "due"),
        ({"due": 20261210}, "due"),
        ({"fee": "0"}, "fee"),
        ({"fee": True}, "fee"),
        ({"fee": 0.5}, "fee"),
        ({"fee": 10**15}, "fee"),
        ({"open": 0}, "open"),
        ({"open": "false"}, "open"),
        ({"who": 7}, "who"),
        ({"who": ["花子"]}, "who"),
        ({"who": "x" * 501}, "who"),
        ({"who": "\ud800"}, "who"),
        ({"at": "24:00"}, "at"),
        ({"to": "0312345678"}, "to"),
    ],
)
def test_fields_are_of_the_declared_types(changes: dict[str, Any], wrong: str | None) -> None:
    content = json.dumps({"outcome": "found", "fields": WHOLE | changes}).encode()
    if wrong is None:
        kept = {name: changes.get(name, value) for name, value in WHOLE.items()}
        assert read_answer(content, FIELDS) == LookupAnswer(outcome="found", fields=kept)
        return
    with pytest.raises(BadAnswer, match=f"^field {wrong} is no {FIELDS[wrong]}$"):
        read_answer(content, FIELDS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"outcome": "error"}',
        b'{"outcome": "Found", "fields": {}}',
        b'{"outcome": ["none"]}',
        b'{"outcome": "found"}',
        b'{"outcome": "found", "fields": []}',
        b"[" * 16_000,
        b'{"outcome": "found", "fields": {"fee": ' + b"9" * 9_000 + b"}}",
    ],
    ids=[
        "empty", "octets", "list", "null", "without", "error", "case", "outcome",
        "fields", "fields-list", "deep", "long",
    ],
)  # fmt: skip
def test_what_does_not_read(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_answer(content, {"fee": "yen"})
