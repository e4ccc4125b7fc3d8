"""The service as one ASGI application: mounts the doors, sets headers, answers the probes.

Doors answer their own errors; what reaches none of them is answered here, with a word and no more.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog
from quart import Blueprint, Quart, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from door_frame.client_address import asked_on_this_machine
from door_frame.files import PageResponse
from door_frame.headers import page_headers
from ivr.carriers.twilio.twiml import PREFIX
from ivr.carriers.twilio.webhooks import TwilioDoor
from kazasu.carrier_mount import ANY_PAGE, CarrierMount
from kazasu.request_observer import App, route_is

LARGEST_BODY: Final = 64 * 1024
BODY_SECONDS: Final = 10
# Every process would say so at once, and each still brings its callers to a person.
_SERVED_ALL_THE_SAME: Final = frozenset(
    {"redis_away", "redis_apart", "evidence_keys_unreadable", "evidence_key_missing"}
)
_LONGEST_NAME: Final = 255  # octets
_NOTHING_AT_ALL: Final = "default-src 'none'; frame-ancestors 'none'"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """`ready` gives the reasons for not being ready, none when all is well.

    `marks` are those of recordings by their path below `flows`, as their addresses carry them.
    `observed` puts around the whole application who watches its requests.
    """

    carrier: TwilioDoor
    blueprints: Sequence[Blueprint]
    flows: Path
    ready: Callable[[], Awaitable[Sequence[str]]]
    on_start: Callable[[], Awaitable[None]]
    on_stop: Callable[[], Awaitable[None]]
    secure: bool = field(default=True)
    marks: Mapping[str, str] = field(default_factory=dict)
    observed: Callable[[App], App] = field(default=lambda app: app)


def create(doors: Doors) -> Quart:
    app = Quart("kazasu", static_folder=None)
    app.response_class = PageResponse
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["BODY_TIMEOUT"] = BODY_SECONDS
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for blueprint in doors.blueprints:
        app.register_blueprint(blueprint)
    _probes(app, doors)
    _published(app, doors.flows, doors.marks)
    _errors(app)
    app.after_request(_with_headers(secure=doors.secure))
    app.before_serving(doors.on_start)
    app.after_serving(doors.on_stop)
    headers = {**_headers(secure=doors.secure), **_without_content()}
    whole = CarrierMount(
        doors.carrier,
        app.asgi_app,  # type: ignore[arg-type]  # an ASGI application, whose events have types of their own
        headers=headers,
        largest_body=LARGEST_BODY,
        body_seconds=BODY_SECONDS,
    )
    # Quart is given as the class it is; it calls whatever stands here as an ASGI application.
    app.asgi_app = doors.observed(whole)  # type: ignore[method-assign, assignment]  # see above
    return app


def routes(app: Quart, carrier: TwilioDoor) -> set[str]:
    """Every route template there is, and each page of the carrier's door by its name."""
    pages = {f"{PREFIX}/{page}" for page in carrier.pages}
    return {rule.rule for rule in app.url_map.iter_rules()} | pages | {ANY_PAGE}


def _probes(app: Quart, doors: Doors) -> None:
    @app.get("/livez")
    async def alive() -> Response:
        return jsonify(status="alive")

    @app.get("/readyz")
    async def ready() -> tuple[Response, int]:
        problems = list(await doors.ready())
        ready = all(problem in _SERVED_ALL_THE_SAME for problem in problems)
        # What is wrong with us is for our own people; a proxy needs the status alone.
        told = {"problems": problems} if asked_on_this_machine(request) else {}
        return jsonify(ready=ready, **told), 200 if ready else 503


def _published(app: Quart, flows: Path, marks: Mapping[str, str]) -> None:
    @app.get("/<any(audio, images):kind>/<path:name>")
    async def published(kind: str, name: str) -> Response:
        """Recordings and the logo are no secret, and carrier and apps may cache them: for ever
        where the address has the mark of these bytes, and not at all under that of others."""
        if not _has_one_spelling(name):
            raise NotFound
        answer = await send_from_directory(flows / kind, name)
        asked = request.args.get("v", "")
        kept = "public, max-age=3600"
        if asked:
            same = marks.get(f"{kind}/{name}") == asked
            kept = "public, max-age=31536000, immutable" if same else "no-store"
        answer.headers["Cache-Control"] = kept
        return answer


def _has_one_spelling(name: str) -> bool:
    """Of a file that is to be found: no `.`, `..` or empty step, nothing hidden, and no longer than
    names may be. Each other spelling would be looked at and remembered as another file."""
    short = len(name.encode()) <= _LONGEST_NAME
    return short and all(part and not part.startswith(".") for part in name.split("/"))


def _errors(app: Quart) -> None:
    @app.errorhandler(HTTPException)
    async def refused(error: HTTPException) -> Response:
        answer = _word(error.code or 500, error.name)
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer

    @app.errorhandler(Exception)
    async def broken(error: Exception) -> Response:
        rule = request.url_rule
        _log.error("request_failed", route=rule.rule if rule else "", exc_info=error)
        return _word(500, "Internal Server Error")


def _word(status: int, name: str) -> Response:
    return Response(f"{status} {name}\n", status=status, content_type="text/plain; charset=utf-8")


def _headers(*, secure: bool) -> dict[str, str]:
    """Of every answer, unless its door says otherwise."""
    own = dict(page_headers(secure=secure), **{"Cache-Control": "no-store"})
    return {name: text for name, text in own.items() if name not in _without_content()}


def _without_content() -> dict[str, str]:
    """What is no page has no policy that lets it show, load or be framed."""
    return {"Content-Security-Policy": _NOTHING_AT_ALL, "X-Frame-Options": "DENY"}


def _with_headers(*, secure: bool) -> Callable[[Response], Awaitable[Response]]:
    """What a door has set stays: pages have a content policy of their own, and may be framed."""
    own, nothing = _headers(secure=secure), _without_content()

    async def add(response: Response) -> Response:
        if request.url_rule is not None:
            route_is(request.url_rule.rule)
        if "Content-Security-Policy" not in response.headers:
            response.headers.update(nothing)
        for name, value in own.items():
            response.headers.setdefault(name, value)
        return response

    return add
