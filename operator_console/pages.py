"""The two pages, signing in and the console, and signing out."""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from quart import Blueprint, Response, jsonify, request

from door_frame.client_address import client_address
from door_frame.json_body import raw_body
from door_frame.page import LANGUAGES, Pages, Texts, language_of, remember_language
from door_frame.problem_json import Problem, Refused
from door_frame.staff import OPERATOR
from door_frame.staff_login import LoginRefused, SignedIn, StaffLogin
from operator_console.guard import Guard
from operator_console.workspace import ConsoleSettings

HERE: Final = Path(__file__).parent
LARGEST_FORM: Final = 4096
_PATH: Final = "/operator"
_NOT_OUR_FORM: Final = Problem(status=400, code="invalid_request", detail="not the login form")
_NO_SUCH_TEXTS: Final = Problem(status=404, code="no_such_language")
_TRY_AGAIN_AFTER: Final = "900"


class ConsolePages:
    def __init__(self, login: StaffLogin, guard: Guard, settings: ConsoleSettings) -> None:
        self._login = login
        self._guard = guard
        self._settings = settings
        self._texts = Texts(HERE / "texts")
        self._pages = Pages(HERE / "templates", self._texts)

    async def console(self) -> Response:
        signed = await self._guard.who()
        if signed is None:
            return _go_to(f"{_PATH}/login")
        await self._login.alive(signed)
        return self._page("console.html", csrf=signed.csrf)

    async def login(self) -> Response:
        if await self._guard.who() is not None:
            return _go_to(f"{_PATH}/")
        return self._page("login.html", problem="")

    async def sign_in(self) -> Response:
        """Always a new session; what the browser held before is ended."""
        self._guard.own_page(required=True)
        form = _fields(await raw_body(request, at_most=LARGEST_FORM))
        name, password = form.get("login", [""])[0], form.get("password", [""])[0]
        address = client_address(request, trusted_proxies=self._settings.trusted_proxies)
        before = await self._guard.who()
        answer = await self._login.sign_in(name, password, address)
        if isinstance(answer, SignedIn) and answer.account.serves_as(OPERATOR):
            if before is not None:
                await self._login.sign_out(before)
            response = _go_to(f"{_PATH}/")
            self._guard.let_in(response, answer)
            return response
        if answer is LoginRefused.TOO_MANY:
            page = self._page("login.html", problem="login.too_many", status=429)
            page.headers["Retry-After"] = _TRY_AGAIN_AFTER
            return page
        return self._page("login.html", problem="login.wrong", status=401)

    async def sign_out(self) -> Response:
        await self._login.sign_out(await self._guard.acting())
        response = Response(status=204)
        self._guard.let_out(response)
        return response

    async def texts(self, language: str) -> Response:
        if language not in LANGUAGES:
            raise Refused(_NO_SUCH_TEXTS)
        return jsonify(self._texts.all(language))

    def _page(self, name: str, *, status: int = 200, **values: object) -> Response:
        language = language_of(request)
        page = self._pages.render(name, language, business=self._settings.business, **values)
        response = Response(page, status=status, content_type="text/html; charset=utf-8")
        if request.args.get("lang") == language:
            remember_language(response, language, path=_PATH, secure=self._guard.secure)
        return response


def add_pages(door: Blueprint, pages: ConsolePages) -> None:
    door.add_url_rule("/", "console", pages.console, methods=["GET"])
    door.add_url_rule("/login", "login", pages.login, methods=["GET"])
    door.add_url_rule("/login", "sign_in", pages.sign_in, methods=["POST"])
    door.add_url_rule("/logout", "sign_out", pages.sign_out, methods=["POST"])
    door.add_url_rule("/texts/<language>.json", "texts", pages.texts, methods=["GET"])


def _fields(body: bytes) -> dict[str, list[str]]:
    """The fields of our own page; what holds more of them did not come from it."""
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4)
    except ValueError:
        raise Refused(_NOT_OUR_FORM) from None


def _go_to(path: str) -> Response:
    return Response(status=303, headers={"Location": path})
