"""Signing in, the life of a session, and what is stored of it."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from door_frame.staff_login import (
    ABSOLUTE,
    IDLE,
    TRIES_PER_LOGIN_AND_ADDRESS,
    LoginRefused,
    SignedIn,
    hash_password,
    nobodys_hash,
    right_csrf,
)
from tests.operator_console.stage import PASSWORD, Stage

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HERE = "192.0.2.1"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr("door_frame.staff_login._ARGON2", QUICK)
    return Stage()


async def signed_in(stage: Stage) -> SignedIn:
    answer = await stage.login.sign_in("hanako", PASSWORD, HERE)
    assert isinstance(answer, SignedIn)
    return answer


@pytest.mark.parametrize(
    ("login", "password"),
    [("hanako", "wrong horse battery"), ("nobody", PASSWORD), ("closed", PASSWORD), ("", "")],
)
async def test_one_answer_for_all_that_is_wrong(stage: Stage, login: str, password: str) -> None:
    assert await stage.login.sign_in(login, password, HERE) is LoginRefused.WRONG
    assert stage.sessions.kept == {}


async def test_only_hashes_are_stored(stage: Stage) -> None:
    signed = await signed_in(stage)
    (session,) = stage.sessions.kept.values()
    for secret in (signed.cookie, signed.csrf):
        assert secret not in repr(session)
        assert secret.encode() not in session.id_hash + session.csrf_hash
        assert secret not in repr(signed)
    assert session.csrf_hash == hashlib.sha256(signed.csrf.encode()).digest()


async def test_each_sign_in_is_a_new_session(stage: Stage) -> None:
    first, second = await signed_in(stage), await signed_in(stage)
    assert first.cookie != second.cookie
    assert first.csrf != second.csrf
    assert not right_csrf(second, first.csrf)
    assert right_csrf(second, second.csrf)


async def test_a_session_is_over_after_15_idle_minutes(stage: Stage) -> None:
    signed = await signed_in(stage)
    stage.clock.at += IDLE - timedelta(seconds=1)
    found = await stage.login.who(signed.cookie)
    assert found is not None
    await stage.login.alive(found)
    stage.clock.at += IDLE - timedelta(seconds=1)
    assert await stage.login.who(signed.cookie) is not None
    stage.clock.at += timedelta(seconds=1)
    assert await stage.login.who(signed.cookie) is None
    assert stage.sessions.kept == {}


async def test_a_session_is_over_after_12_hours_in_any_case(stage: Stage) -> None:
    signed = await signed_in(stage)
    for _ in range(int(ABSOLUTE / timedelta(minutes=10)) - 1):
        stage.clock.at += timedelta(minutes=10)
        found = await stage.login.who(signed.cookie)
        assert found is not None
        await stage.login.alive(found)
    stage.clock.at += timedelta(minutes=10)
    assert await stage.login.who(signed.cookie) is None


async def test_signing_out_and_disabling_end_sessions(stage: Stage) -> None:
    first, second = await signed_in(stage), await signed_in(stage)
    await stage.login.sign_out(first)
    assert await stage.login.who(first.cookie) is None
    assert await stage.accounts.disable("main", "hanako")
    assert await stage.login.who(second.cookie) is None


async def test_a_disabled_account_has_no_session_even_if_one_was_left(stage: Stage) -> None:
    signed = await signed_in(stage)
    left = dict(stage.sessions.kept)
    await stage.accounts.disable("main", "hanako")
    stage.sessions.kept.update(left)
    assert await stage.login.who(signed.cookie) is None


async def test_a_session_of_another_tenant_is_none_here(stage: Stage) -> None:
    signed = await signed_in(stage)
    await stage.sessions.begin(replace(signed.session, tenant="other"))
    assert await stage.login.who(signed.cookie) is None


@pytest.mark.parametrize("change", ["", "x", "cut", "longer", "é", "="])
async def test_a_cookie_is_taken_as_written_only(stage: Stage, change: str) -> None:
    signed = await signed_in(stage)
    altered = {
        "": "",
        "x": "x" + signed.cookie[1:],
        "cut": signed.cookie[:-2],
        "longer": signed.cookie + "AA",
        "é": "é" + signed.cookie[1:],
        "=": signed.cookie + "=",
    }[change]
    assert await stage.login.who(altered) is None


async def test_a_login_is_limited_per_address(stage: Stage) -> None:
    for _ in range(TRIES_PER_LOGIN_AND_ADDRESS):
        assert await stage.login.sign_in("hanako", "wrong", HERE) is LoginRefused.WRONG
    assert await stage.login.sign_in("hanako", PASSWORD, HERE) is LoginRefused.TOO_MANY
    elsewhere = await stage.login.sign_in("hanako", PASSWORD, "192.0.2.9")
    assert isinstance(elsewhere, SignedIn)
    stage.clock.pass_by(15 * 60)
    await signed_in(stage)


async def test_the_account_itself_is_asked_again_and_is_not_locked_out_by_it(stage: Stage) -> None:
    signed = await signed_in(stage)
    for _ in range(2 * TRIES_PER_LOGIN_AND_ADDRESS):
        assert await stage.login.reauthenticate(signed, PASSWORD, HERE) is None
    others = await stage.login.reauthenticate(signed, "wrong horse battery", HERE)
    assert others is LoginRefused.WRONG
    await signed_in(stage)


@pytest.mark.parametrize(("elsewhere", "tries"), [(False, 9), (True, 99)])
async def test_wrong_passwords_count_wherever_they_are_typed(
    stage: Stage, elsewhere: bool, tries: int
) -> None:
    """Signing in was one try. Of the address as of the login."""
    signed = await signed_in(stage)
    for number in range(tries):
        where = f"198.51.100.{number}" if elsewhere else HERE
        wrong = await stage.login.reauthenticate(signed, "wrong", where)
        assert wrong is LoginRefused.WRONG
    for where in ("203.0.113.1",) if elsewhere else (HERE,):
        again = await stage.login.reauthenticate(signed, PASSWORD, where)
        assert again is LoginRefused.TOO_MANY
        assert await stage.login.sign_in("hanako", PASSWORD, where) is LoginRefused.TOO_MANY


async def test_one_address_guesses_at_no_more_accounts_in_person_than_at_the_sign_in(
    stage: Stage,
) -> None:
    signed = await signed_in(stage)
    for number in range(60):
        refused = await stage.login.sign_in(f"guess{number}", "wrong", HERE)
        assert refused is LoginRefused.WRONG
    assert await stage.login.reauthenticate(signed, PASSWORD, HERE) is LoginRefused.TOO_MANY


async def test_side_by_side_no_more_guesses_than_one_after_the_other(stage: Stage) -> None:
    signed = await signed_in(stage)
    tries = [stage.login.reauthenticate(signed, "wrong", HERE) for _ in range(40)]
    answers = await asyncio.gather(*tries)
    looked_at = answers.count(LoginRefused.WRONG)
    assert TRIES_PER_LOGIN_AND_ADDRESS - 1 <= looked_at <= TRIES_PER_LOGIN_AND_ADDRESS


async def test_limits_before_the_password_is_looked_at(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("door_frame.staff_login._verify", lambda stored, password: False)
    for number in range(60):
        refused = await stage.login.sign_in(f"guess{number}", "wrong", HERE)
        assert refused is LoginRefused.WRONG
    assert await stage.login.sign_in("hanako", PASSWORD, HERE) is LoginRefused.TOO_MANY
    for number in range(100):
        refused = await stage.login.sign_in("taro", "wrong", f"198.51.100.{number}")
        assert refused is LoginRefused.WRONG
    assert await stage.login.sign_in("taro", "wrong", "203.0.113.1") is LoginRefused.TOO_MANY


def test_a_stored_password_is_argon2id_with_our_cost() -> None:
    assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


@pytest.mark.parametrize("text", ["", "short word", "x" * 257])
def test_a_password_has_a_length(text: str) -> None:
    with pytest.raises(ValueError, match="12 to 256"):
        hash_password(text)


def test_nobodys_password_costs_what_everybodys_does() -> None:
    nobodys, somebodys = nobodys_hash(token_bytes), hash_password("a long enough password")
    assert extract_parameters(nobodys) == extract_parameters(somebodys)
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(nobodys, "a long enough password")
    assert nobodys_hash(token_bytes) != nobodys
