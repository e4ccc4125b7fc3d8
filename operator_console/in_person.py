"""Acts that a live session is not enough for: whoever sits there types the account's password."""

from typing import Final

from quart import request

from door_frame.client_address import client_address
from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import WINDOW, LoginRefused, SignedIn, StaffLogin

WRONG_PASSWORD: Final = Problem(status=403, code="wrong_password", detail="not this account's")
TOO_MANY_PASSWORDS: Final = Problem(
    status=429,
    code="too_many_passwords",
    detail="too many wrong passwords; wait",
    headers={"Retry-After": str(WINDOW)},
)


class InPerson:
    def __init__(self, login: StaffLogin, *, trusted_proxies: int) -> None:
        self._login = login
        self._trusted_proxies = trusted_proxies

    async def must_be(self, signed: SignedIn, password: str) -> None:
        """`Refused` 403 for a wrong password, and 429 after too many."""
        address = client_address(request, trusted_proxies=self._trusted_proxies)
        refused = await self._login.reauthenticate(signed, password, address)
        if refused is LoginRefused.TOO_MANY:
            raise Refused(TOO_MANY_PASSWORDS)
        if refused is not None:
            raise Refused(WRONG_PASSWORD)
