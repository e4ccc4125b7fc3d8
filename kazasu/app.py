"""The service as one ASGI application: mounts the doors, sets headers, answers the probes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from quart import Blueprint, Quart, Response, jsonify, request, send_from_directory

from ivr.carriers.twilio.signature import RawRequest
from ivr.carriers.twilio.twiml import PREFIX
from ivr.carriers.twilio.webhooks import TwilioDoor

_MAX_BODY: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """`ready` gives the reasons for not being ready, none when all is well."""

    carrier: TwilioDoor
    blueprints: Sequence[Blueprint]
    audio: Path
    ready: Callable[[], Awaitable[Sequence[str]]]
    on_start: Callable[[], Awaitable[None]]
    on_stop: Callable[[], Awaitable[None]]
    secure: bool = field(default=True)


def create(doors: Doors) -> Quart:
    app = Quart("kazasu", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for blueprint in doors.blueprints:
        app.register_blueprint(blueprint)
    _carrier(app, doors.carrier)
    _probes(app, doors)
    _audio(app, doors.audio)
    app.after_request(_with_headers(secure=doors.secure))
    app.before_serving(doors.on_start)
    app.after_serving(doors.on_stop)
    return app


def _carrier(app: Quart, door: TwilioDoor) -> None:
    @app.route(f"{PREFIX}/<page>", methods=["GET", "POST"], endpoint="carriers.twilio")
    async def webhook(page: str) -> Response:
        reply = await door.answer(
            RawRequest(
                method=request.method,
                path=request.scope["raw_path"],
                query=request.scope["query_string"],
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.data,
            )
        )
        return Response(reply.body, status=reply.status, content_type=reply.content_type)


def _probes(app: Quart, doors: Doors) -> None:
    @app.get("/livez")
    async def alive() -> Response:
        return jsonify(status="alive")

    @app.get("/readyz")
    async def ready() -> tuple[Response, int]:
        problems = list(await doors.ready())
        return jsonify(ready=not problems, problems=problems), 503 if problems else 200


def _audio(app: Quart, folder: Path) -> None:
    @app.get("/audio/<path:name>")
    async def audio(name: str) -> Response:
        """Recordings are no secret, and Twilio may cache them."""
        answer = await send_from_directory(folder, name)
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer


def _with_headers(*, secure: bool) -> Callable[[Response], Awaitable[Response]]:
    async def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return add
