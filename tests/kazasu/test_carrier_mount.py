"""The carrier's door in front of the framework: caps, headers, and carriers that hang up."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from ivr.carriers.twilio.signature import RawRequest
from ivr.carriers.twilio.webhooks import Reply
from kazasu.carrier_mount import CarrierMount

DOCUMENT = b"<Response/>"
HEADERS = {"Cache-Control": "no-store"}


class _Door:
    """Answers what it is given; with a `gate`, not before it opens."""

    def __init__(self, status: int = 200, gate: asyncio.Event | None = None) -> None:
        self.status = status
        self.gate = gate
        self.asked: list[RawRequest] = []
        self.cancelled = False

    async def answer(self, request: RawRequest) -> Reply:
        self.asked.append(request)
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Reply(status=self.status, body=DOCUMENT if self.status == 200 else b"")


class _Wire:
    """A request in pieces, as a server hands them over; `then` it waits, or is hung up."""

    def __init__(self, *pieces: bytes, whole: bool = True, hung_up: bool = False) -> None:
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        if whole:
            self.messages[-1]["more_body"] = False
        self.hung_up = hung_up
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self.messages:
            return self.messages.pop(0)
        if not self.hung_up:
            await asyncio.get_running_loop().create_future()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


async def _elsewhere(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "elsewhere", "path": scope["path"]})


async def asked(
    door: _Door, wire: _Wire, path: str = "/carriers/twilio/turn", *, body_seconds: float = 60
) -> Sequence[Any]:
    mount: Any = CarrierMount(
        door,  # type: ignore[arg-type]  # all that is asked of one
        _elsewhere,
        headers=HEADERS,
        largest_body=10,
        body_seconds=body_seconds,
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"n=3",
        "headers": [(b"content-type", b"text/plain"), (b"x-name", "é".encode("latin-1"))],
    }
    await mount(scope, wire.receive, wire.send)
    return wire.sent


async def test_the_door_gets_the_request_as_it_came_and_its_answer_goes_back() -> None:
    door, wire = _Door(), _Wire(b"From", b"=1")
    start, body = await asked(door, wire)
    assert door.asked == [
        RawRequest(
            method="POST",
            path=b"/carriers/twilio/turn",
            query=b"n=3",
            headers={"content-type": "text/plain", "x-name": "é"},
            body=b"From=1",
        )
    ]
    assert (start["status"], body["body"]) == (200, DOCUMENT)
    assert wire.headers[b"cache-control"] == b"no-store"
    assert wire.headers[b"content-length"] == str(len(DOCUMENT)).encode()


async def test_what_is_not_below_the_prefix_is_for_others() -> None:
    door = _Door()
    for path in ("/livez", "/carriers/twilio", "/carriers/others/turn"):
        assert await asked(door, _Wire(b""), path) == [{"type": "elsewhere", "path": path}]
    assert not door.asked


@pytest.mark.parametrize(
    ("given", "status", "body", "allow"),
    [
        (204, 204, b"", None),
        (403, 403, b"", None),
        (404, 404, b"404 Not Found\n", None),
        (405, 405, b"405 Method Not Allowed\n", b"POST"),
    ],
)
async def test_answers_without_a_document(
    given: int, status: int, body: bytes, allow: bytes | None
) -> None:
    wire = _Wire(b"")
    start, sent = await asked(_Door(given), wire)
    assert (start["status"], sent["body"], wire.headers.get(b"allow")) == (status, body, allow)
    assert (b"content-length" in wire.headers) is (status != 204)


@pytest.mark.parametrize(("pieces", "status"), [((b"x" * 10,), 200), ((b"x" * 6, b"x" * 5), 413)])
async def test_bodies_are_capped_however_they_come(pieces: tuple[bytes, ...], status: int) -> None:
    door = _Door()
    start, _ = await asked(door, _Wire(*pieces))
    assert (start["status"], len(door.asked)) == (status, status == 200)


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    door = _Door()
    start, _ = await asked(door, _Wire(b"Fr", whole=False), body_seconds=0)
    assert (start["status"], door.asked) == (408, [])


async def test_who_hangs_up_before_the_body_is_there_asked_nothing() -> None:
    door = _Door()
    assert await asked(door, _Wire(b"Fr", whole=False, hung_up=True)) == []
    assert not door.asked


async def test_the_door_hears_that_the_carrier_waits_no_longer() -> None:
    door, wire = _Door(gate=asyncio.Event()), _Wire(b"", hung_up=True)
    assert await asked(door, wire) == []
    assert door.cancelled
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_slow_answer_is_not_a_carrier_that_left() -> None:
    gate = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, gate.set)
    start, _ = await asked(_Door(gate=gate), _Wire(b""))
    assert start["status"] == 200


async def test_a_stop_of_the_server_is_not_swallowed() -> None:
    answering = asyncio.create_task(asked(_Door(gate=asyncio.Event()), _Wire(b"")))
    await asyncio.sleep(0)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
