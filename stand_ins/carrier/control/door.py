"""The control API's door: this machine only, one bearer token, one page's origin."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from quart import Quart, Response, jsonify, request

from stand_ins.carrier.webhooks.form import API_VERSION

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


class BadRequest(Exception):
    """A control request that cannot be done; the text says why, `status` is HTTP's."""

    def __init__(self, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def guard(app: Quart, token: str, origin: str | None) -> None:
    """Check every control request; REST has its own authentication and no browser."""

    @app.before_request
    async def check() -> Response | None:
        if urlsplit(f"//{request.host}").hostname not in LOOPBACK_NAMES:
            return _problem("the host name is not this machine's", 403)
        if request.path.startswith(f"/{API_VERSION}/"):
            return None
        asking = request.headers.get("Origin")
        if asking is not None and asking != origin:
            return _problem("this origin is not allowed", 403)
        if request.method == "OPTIONS":
            return Response(b"", status=204)
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return _problem("the control token is missing or wrong", 401)
        return None

    @app.after_request
    async def allow(answer: Response) -> Response:
        if origin is not None and request.headers.get("Origin") == origin:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, Last-Event-ID"
            )
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
        answer.headers["Vary"] = "Origin"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.errorhandler(BadRequest)
    async def refuse(error: BadRequest) -> Response:
        return _problem(str(error), error.status)


async def body() -> dict[str, object]:
    """The request's JSON object; an empty body is an empty object."""
    if not await request.get_data():
        return {}
    data = await request.get_json(force=True, silent=True)
    if not isinstance(data, dict):
        raise BadRequest("the body must be a JSON object")
    return data


def _problem(text: str, status: int) -> Response:
    answer = jsonify({"error": text})
    answer.status_code = status
    return answer
