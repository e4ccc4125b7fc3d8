"""The authority behind HTTP, as RFC 3161 (3.4) describes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

from stand_ins.time_stamps.authority import Authority

_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_MOST: Final = 16 * 1024


def server(authority: Authority, *, port: int = 0) -> ThreadingHTTPServer:
    """On loopback; `serve_forever` runs it. Port 0 takes a free one."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if self.headers.get("Content-Type") != _QUERY:
                self._answer(415, b"")
            elif not 0 < length <= _MOST:
                self._answer(413, b"")
            else:
                self._stamp(self.rfile.read(length))

        def _stamp(self, request: bytes) -> None:
            try:
                reply = authority.reply(request)
            except OSError:
                self._answer(500, b"")
                return
            self._answer(200, reply)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if body:
                self.send_header("Content-Type", _REPLY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # theirs
            return

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """Its address, while the block lasts."""
    listening = server(authority)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}/"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
