"""Who is asking: the session behind the cookie, the page's own origin, and the CSRF token."""

from typing import Final

from quart import Response, request

from door_frame.problem_json import Problem, Refused
from door_frame.staff import OPERATOR
from door_frame.staff_login import ABSOLUTE, SignedIn, StaffLogin, right_csrf
from operator_console.workspace import ConsoleSettings

CSRF_HEADER: Final = "X-CSRF-Token"

SIGNED_OUT: Final = Problem(status=401, code="signed_out", detail="sign in again")
FOREIGN: Final = Problem(
    status=403, code="foreign_origin", detail="only pages of the configured public address may ask"
)
NO_CSRF: Final = Problem(status=403, code="csrf", detail="the CSRF token is missing or not yours")


class Guard:
    def __init__(self, login: StaffLogin, settings: ConsoleSettings) -> None:
        self._login = login
        self._origin = settings.origin
        self.secure = settings.origin.startswith("https://")
        # A browser takes a `__Host-` cookie over https only; http is the demo on loopback.
        self.cookie = "__Host-kazasu" if self.secure else "kazasu"

    async def who(self) -> SignedIn | None:
        given = request.cookies.get(self.cookie)
        signed = await self._login.who(given) if given else None
        return signed if signed is not None and signed.account.serves_as(OPERATOR) else None

    async def reading(self) -> SignedIn:
        """Who asks. `Refused` 401 when nobody is signed in; no sign of life by itself."""
        signed = await self.who()
        if signed is None:
            raise Refused(SIGNED_OUT)
        return signed

    async def same(self, signed: SignedIn) -> bool:
        """Whether this session goes on: not ended, run out, or its account disabled."""
        return await self._login.who(signed.cookie) is not None

    async def acting(self) -> SignedIn:
        """Who acts: from our page, with its token. A sign of life. `Refused` 401 or 403."""
        self.own_page(required=True)
        signed = await self.reading()
        if not right_csrf(signed, request.headers.get(CSRF_HEADER, "")):
            raise Refused(NO_CSRF)
        return await self._login.alive(signed)

    def own_page(self, *, required: bool = False) -> None:
        """`Refused` 403 for another origin.

        Browsers name none for a GET to their own, and `null` for a form of a page that sends no
        referrer, as ours: then Fetch metadata decides (sent to https and loopback addresses).
        """
        origin = request.headers.get("Origin")
        if origin not in (None, "null"):
            if origin != self._origin:
                raise Refused(FOREIGN)
            return
        site = request.headers.get("Sec-Fetch-Site")
        silent = site is None and origin is None and not required
        if site != "same-origin" and not silent:
            raise Refused(FOREIGN)

    def let_in(self, response: Response, signed: SignedIn) -> None:
        response.set_cookie(
            self.cookie,
            signed.cookie,
            max_age=int(ABSOLUTE.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def let_out(self, response: Response) -> None:
        response.delete_cookie(
            self.cookie, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )
