"""`/metrics` on an address of its own (`KAZASU_METRICS_LISTEN`), which no proxy publishes.

A thread of its own answers, so that a loop that is stuck can still be seen to be.
"""

from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

from kazasu.settings.bad_settings import BadSettings


class Listening:
    """Serves until closed. BadSettings when the address cannot be had."""

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        try:
            started: tuple[WSGIServer, Thread] = start_http_server(port, host, registry)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise BadSettings(
                [f"KAZASU_METRICS_LISTEN: {host}:{port} cannot be listened on ({why})"]
            ) from None
        self._server, self._thread = started
        self.port: int = self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
