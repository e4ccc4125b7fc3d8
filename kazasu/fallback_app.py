"""The fallback as an ASGI application: one static document, whatever is asked.

Requests are not checked: the answer is the same for everybody, changes nothing and holds nothing
but the desk's public number, and a wrong key here must not be what drops a caller.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

import structlog

from ivr.carriers.twilio import twiml
from kazasu.settings.groups.fallback import FallbackSettings

_log = structlog.get_logger()
_MAX_BODY: Final = 64 * 1024
_BODY_SECONDS: Final = 3.0
_ERROR_CODE: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def create(settings: FallbackSettings) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    document = twiml.fallback(settings.fallback_number, voice_name=settings.voice)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            _note(await _body(receive))
            await _answer(send, document)
        else:
            await receive()
            await send({"type": "websocket.close"})

    return app


def _note(body: bytes) -> None:
    """Which of the carrier's errors brought the call here; digits only, whoever asks."""
    code = parse_qs(body.decode("utf-8", "replace")).get("ErrorCode", [""])[0]
    _log.warning("fallback_asked", code=code if _ERROR_CODE.fullmatch(code) else "")


async def _body(receive: Receive) -> bytes:
    """As much as came in time: no body, however long or slow, keeps a caller from the answer."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while len(body) <= _MAX_BODY:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        pass  # what came until then is enough to note
    return body[:_MAX_BODY]


async def _answer(send: Send, document: bytes) -> None:
    headers = [
        (b"content-type", b"text/xml; charset=utf-8"),
        (b"content-length", str(len(document)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": document})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
