"""T17: passwords tried side by side are held to the limits of passwords tried one by one."""

import asyncio
from collections import Counter

import pytest
from argon2 import PasswordHasher

from door_frame import staff_login
from door_frame.staff_login import (
    FAILURES_PER_ADDRESS,
    LoginRefused,
    SignedIn,
    StaffBooks,
    StaffLogin,
)
from tests.operator_console.stage import PASSWORD, Stage

HERE = "192.0.2.1"


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was compared: each costs 64 MiB and a good part of a second."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(staff_login, "_ARGON2", quick)
    verify, seen = staff_login._verify, []

    def counted(stored: str, password: str) -> bool:
        seen.append(password)
        return verify(stored, password)

    monkeypatch.setattr(staff_login, "_verify", counted)
    return seen


async def test_a_spray_from_one_address_ends_at_its_limit(looked_at: list[str]) -> None:
    stage = Stage()
    tries = [stage.login.sign_in(f"guess{number}", "wrong", HERE) for number in range(300)]
    answers = Counter(await asyncio.gather(*tries))
    most = FAILURES_PER_ADDRESS + 1  # two are compared at once
    assert FAILURES_PER_ADDRESS <= answers[LoginRefused.WRONG] <= most
    assert len(looked_at) <= most
    assert answers[LoginRefused.TOO_MANY] >= 300 - most
    elsewhere = await stage.login.sign_in("hanako", PASSWORD, "192.0.2.9")
    assert isinstance(elsewhere, SignedIn)


async def test_one_login_is_tried_ten_times_at_once_and_no_more(looked_at: list[str]) -> None:
    stage = Stage()
    tries = [stage.login.sign_in("hanako", "wrong", HERE) for _ in range(50)]
    answers = Counter(await asyncio.gather(*tries))
    assert answers == {LoginRefused.WRONG: 10, LoginRefused.TOO_MANY: 40}
    assert len(looked_at) == 10


async def test_many_who_know_their_password_sign_in_at_once(looked_at: list[str]) -> None:
    """A shift begins: one address, all at once, nobody is turned away."""
    stage = Stage()
    signed = await asyncio.gather(
        *(stage.login.sign_in(login, PASSWORD, HERE) for login in ("hanako", "taro") * 5)
    )
    assert all(isinstance(one, SignedIn) for one in signed)


class Away:
    async def add(self, key: str, *, window_seconds: int) -> int:
        raise ConnectionError

    count = add


async def test_nobody_signs_in_while_tries_cannot_be_counted(looked_at: list[str]) -> None:
    stage = Stage()
    books = StaffBooks(accounts=stage.accounts, sessions=stage.sessions, tries=Away())
    login = StaffLogin(books, tenant="main", now=stage.clock, random=bytes)
    assert await login.sign_in("hanako", PASSWORD, HERE) is LoginRefused.TOO_MANY
    assert not looked_at
