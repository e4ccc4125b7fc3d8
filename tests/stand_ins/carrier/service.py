"""A phone service with scripted documents, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

import uvicorn
from quart import Quart, Response, request
from twilio.request_validator import (
    RequestValidator,
)

AUTH_TOKEN = "a-token-of-the-tests"
Document = str | Response | Callable[["Received"], "str | Response | Awaitable[str | Response]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    token: str
    signed: bool


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(slots=True)
class Service:
    """Answers each path with its documents in turn; the last one is repeated."""

    documents: dict[str, list[Document]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    earlier_calls: frozenset[str] = frozenset()
    base: str = ""
    _server: _Server | None = None
    _serving: asyncio.Task[None] | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def on(self, path: str, *documents: Document) -> str:
        """Script a path; its full URL."""
        self.documents[path] = list(documents)
        return self.base + path

    def forget(self, earlier_calls: frozenset[str]) -> None:
        """A new test begins."""
        self.documents, self.received = {}, []
        self.earlier_calls = earlier_calls

    def of(self, path: str) -> list[Received]:
        return [r for r in self.received if r.path == path]

    async def got(self, path: str, times: int = 1) -> Received:
        """Wait until `path` has been asked so often; the last request of them."""
        async with self._news, asyncio.timeout(60):
            await self._news.wait_for(lambda: len(self.of(path)) >= times)
        return self.of(path)[times - 1]

    async def start(self) -> None:
        app = Quart(__name__)
        app.add_url_rule("/<path:path>", "any", self._answer, methods=["GET", "POST"])
        # Naming the protocol lets asyncio turn off Nagle's algorithm (40 ms in every answer).
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def stop(self) -> None:
        assert self._server is not None
        assert self._serving is not None
        self._server.should_exit = True
        await self._serving

    async def _answer(self, path: str) -> Response:
        received = await self._received()
        call_sid = received.form.get("CallSid") or received.query.get("CallSid")
        if call_sid in self.earlier_calls:
            return Response(b"", status=204)  # the last word of a call of another test
        async with self._news:
            self.received.append(received)
            self._news.notify_all()
        documents = self.documents.get(received.path)
        if documents is None:
            return Response("no such document", status=404)
        document = documents.pop(0) if len(documents) > 1 else documents[0]
        if callable(document) and not isinstance(document, Response):
            made = document(received)
            document = made if isinstance(made, str | Response) else await made
        if isinstance(document, Response):
            return document
        return Response(f"<Response>{document}</Response>", content_type="text/xml")

    async def _received(self) -> Received:
        form = await request.form
        raw_path = request.scope["raw_path"].decode()
        query = request.query_string.decode()
        url = self.base + raw_path + (f"?{query}" if query else "")
        signature = request.headers.get("X-Twilio-Signature", "")
        return Received(
            method=request.method,
            path=request.path,
            query=request.args.to_dict(),
            form=form.to_dict(),
            token=request.headers.get("I-Twilio-Idempotency-Token", ""),
            signed=RequestValidator(AUTH_TOKEN).validate(url, form, signature),
        )
