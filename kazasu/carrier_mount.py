"""The carrier's door as a plain ASGI application, in front of the web framework.

Every turn of every call comes this way, and the door needs none of a framework's work. Caps and
headers are those of all doors. A carrier that hangs up on us is noticed as soon as the answer takes
longer than usual.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog

from ivr.carriers.twilio.signature import RawRequest
from ivr.carriers.twilio.twiml import PREFIX
from ivr.carriers.twilio.webhooks import Reply, TwilioDoor
from kazasu.request_observer import App, Receive, Scope, Send, route_is

_PAGES: Final = f"{PREFIX}/"
ANY_PAGE: Final = f"{PREFIX}/<page>"
"""The route of what is below the prefix and no page of the door."""
_USUAL_SECONDS: Final = 0.05
_log = structlog.get_logger()


class CarrierMount:
    """Answers what is below the door's prefix; everything else is for `others`.

    `headers` are added to every answer, unless the door says otherwise.
    """

    def __init__(
        self,
        door: TwilioDoor,
        others: App,
        *,
        headers: Mapping[str, str],
        largest_body: int,
        body_seconds: float,
    ) -> None:
        self._door = door
        self._others = others
        self._headers = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        self._largest_body = largest_body
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PAGES):
            await self._others(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
            if isinstance(body, bytes):
                async with _Leaving(receive):
                    reply = await self._answer(scope, body)
            else:
                reply = body
        except _Left:
            return
        await self._send(reply, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | Reply:
        """The whole of it, or why it is not read."""
        parts, size = list[bytes](), 0
        try:
            async with asyncio.timeout(self._body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Left
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > self._largest_body:
                        return _word(413, "Request Entity Too Large")
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            return _word(408, "Request Timeout")

    async def _answer(self, scope: Scope, body: bytes) -> Reply:
        page = scope["path"].removeprefix(_PAGES)
        try:
            reply = await self._door.answer(
                RawRequest(
                    method=scope["method"],
                    path=scope["raw_path"],
                    query=scope["query_string"],
                    headers={
                        name.decode("latin-1").lower(): value.decode("latin-1")
                        for name, value in scope["headers"]
                    },
                    body=body,
                )
            )
        except Exception as error:
            route_is(ANY_PAGE)
            _log.error("request_failed", route=ANY_PAGE, exc_info=error)
            return _word(500, "Internal Server Error")
        if reply.status == 404:  # no page of the door's own table
            route_is(ANY_PAGE)
            return _word(404, "Not Found")
        route_is(_PAGES + page)
        return _word(405, "Method Not Allowed") if reply.status == 405 else reply

    async def _send(self, reply: Reply, send: Send) -> None:
        headers = [(b"content-type", reply.content_type.encode()), *self._headers]
        if reply.status == 405:
            headers.append((b"allow", b"POST"))
        if reply.status != 204:  # RFC 9110, 8.6: a 204 has no length
            headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


class _Left(Exception):
    """Who asked is gone."""


class _Leaving:
    """Cancels what is inside, and raises `_Left`, when the client goes before it is done.

    Looked for only after a moment: most answers are there before a watcher would be.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None
        self._gone = False

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._inside = asyncio.current_task()
        self._later = loop.call_later(_USUAL_SECONDS, self._begin)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._later.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._gone and kind is asyncio.CancelledError and self._inside is not None:
            self._inside.uncancel()
            raise _Left

    def _begin(self) -> None:
        self._watch = asyncio.ensure_future(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._inside is not None:
            self._inside.cancel()


def _word(status: int, name: str) -> Reply:
    return Reply(status=status, body=f"{status} {name}\n".encode())
