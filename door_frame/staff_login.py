"""Signing staff in and out: passwords, cookies' sessions, CSRF tokens. Knows nothing of HTTP.

A session lives 15 minutes without a sign of life and 12 hours at most. Of the cookie's 256 bits
only SHA-256 is stored; the CSRF token is derived from them, so that each page can have it.
"""

import asyncio
import hashlib
import hmac
import unicodedata
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from door_frame.staff import StaffAccount, StaffAccounts, StaffSession, StaffSessions

IDLE: Final = timedelta(minutes=15)
ABSOLUTE: Final = timedelta(hours=12)
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256

# RFC 9106, second recommended set, with its memory of 64 MiB: t=3, p=4, salt 16, tag 32 bytes.
_ARGON2: Final = PasswordHasher(
    time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, salt_len=16
)
_AT_ONCE: Final = 2  # 64 MiB each: a flood of tries waits, it does not fill the memory

WINDOW: Final = 15 * 60
TRIES_PER_LOGIN_AND_ADDRESS: Final = 10
TRIES_PER_LOGIN: Final = 100  # NIST SP 800-63B: no more than 100 guesses
FAILURES_PER_ADDRESS: Final = 60  # failures only: a whole call centre shares one address


def hash_password(text: str) -> str:
    """The argon2id string to store (t=3, m=64 MiB, p=4). ValueError outside 12-256 characters."""
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise ValueError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _ARGON2.hash(_normal(text))


def nobodys_hash(random: Callable[[int], bytes]) -> str:
    """What an unknown login is compared with, for the same time: as of a password, and of none.

    A salt and a tag at random. Hashing a real password would cost every start of a process.
    """
    salt, tag = (b64encode(random(n)).rstrip(b"=").decode() for n in (16, 32))
    cost = f"m={_ARGON2.memory_cost},t={_ARGON2.time_cost},p={_ARGON2.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${tag}"


class Tries(Protocol):
    """Sliding windows. Disposable; ConnectionError when the counts cannot be had."""

    async def add(self, key: str, *, window_seconds: int) -> int: ...

    async def count(self, key: str, *, window_seconds: int) -> int: ...


class LoginRefused(Enum):
    WRONG = "wrong"
    """Unknown login, wrong password or disabled account: one answer, in text and in time."""
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`cookie` and `csrf` are for the browser alone."""

    account: StaffAccount
    session: StaffSession
    cookie: str = field(repr=False)
    csrf: str = field(repr=False)

    def ends_at(self) -> datetime:
        """When this session is over unless there is a sign of life, or in any case."""
        return min(self.session.last_seen_at + IDLE, self.session.began_at + ABSOLUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBooks:
    accounts: StaffAccounts
    sessions: StaffSessions
    tries: Tries


class StaffLogin:
    """`random` gives that many random bytes; `now` is UTC."""

    def __init__(
        self,
        books: StaffBooks,
        *,
        tenant: str,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._books = books
        self._tenant = tenant
        self._now = now
        self._random = random
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody = nobodys_hash(random)

    async def sign_in(self, login: str, password: str, address: str) -> SignedIn | LoginRefused:
        """A new session, whatever the browser had before. While tries cannot be counted, none."""
        try:
            return await self._counted_sign_in(login, password, address)
        except ConnectionError:
            return LoginRefused.TOO_MANY

    async def _counted_sign_in(
        self, login: str, password: str, address: str
    ) -> SignedIn | LoginRefused:
        if await self._too_many(login, address):
            return LoginRefused.TOO_MANY
        # Control characters are in nobody's login, and not every database takes them.
        known = all(unicodedata.category(char) not in ("Cc", "Cs") for char in login)
        account = await self._books.accounts.by_login(self._tenant, login) if known else None
        stored = account.password_hash if account else self._nobody
        async with self._turns:
            # Asked again: whoever waited for a turn may have been overtaken by others' failures.
            if await self._failed_too_often(address):
                return LoginRefused.TOO_MANY
            right = await asyncio.to_thread(_verify, stored, _normal(password[:LONGEST_PASSWORD]))
            if account is None or account.disabled or not right:
                await self._books.tries.add(_address_key(address), window_seconds=WINDOW)
                return LoginRefused.WRONG
        return await self._begin(account)

    async def reauthenticate(
        self, signed: SignedIn, password: str, address: str
    ) -> LoginRefused | None:
        """Whether whoever sits at the page is the account's holder, as an act of weight wants it.
        None: they are.

        A wrong password counts as one at the sign-in, and closes that one too. A right one counts
        for nothing: who decides on twenty enrolments in a row is not locked out by it.
        """
        try:
            return await self._counted_reauthentication(signed.account, password, address)
        except ConnectionError:
            return LoginRefused.TOO_MANY

    async def _counted_reauthentication(
        self, account: StaffAccount, password: str, address: str
    ) -> LoginRefused | None:
        async with self._turns:
            # Looked at in turn: of tries side by side one can be more than is allowed, not twenty.
            if await self._guessed_too_often(account.login, address):
                return LoginRefused.TOO_MANY
            given = _normal(password[:LONGEST_PASSWORD])
            if await asyncio.to_thread(_verify, account.password_hash, given):
                return None
            for key in (*_keys(account.login, address), _address_key(address)):
                await self._books.tries.add(key, window_seconds=WINDOW)
            return LoginRefused.WRONG

    async def who(self, cookie: str) -> SignedIn | None:
        """Whose live session this cookie is. No sign of life by itself: see `alive`."""
        value = _value(cookie)
        if value is None:
            return None
        session = await self._books.sessions.by_hash(hashlib.sha256(value).digest())
        if session is None or session.tenant != self._tenant:
            return None
        account = await self._books.accounts.by_id(session.tenant, session.staff)
        csrf = _csrf(value)
        if account is None or account.disabled or not _is(csrf, session.csrf_hash):
            return None
        found = SignedIn(account=account, session=session, cookie=cookie, csrf=csrf)
        if self._now() >= found.ends_at():
            await self._books.sessions.end(session.id_hash)
            return None
        return found

    async def alive(self, signed: SignedIn) -> SignedIn:
        now = self._now()
        await self._books.sessions.seen(signed.session.id_hash, now)
        return replace(signed, session=replace(signed.session, last_seen_at=now))

    async def sign_out(self, signed: SignedIn) -> None:
        await self._books.sessions.end(signed.session.id_hash)

    async def _too_many(self, login: str, address: str) -> bool:
        """Counted before the password is looked at: tries side by side count as well."""
        tries, (here, anywhere) = self._books.tries, _keys(login, address)
        if await self._failed_too_often(address):
            return True
        if await tries.add(here, window_seconds=WINDOW) > TRIES_PER_LOGIN_AND_ADDRESS:
            return True
        return await tries.add(anywhere, window_seconds=WINDOW) > TRIES_PER_LOGIN

    async def _guessed_too_often(self, login: str, address: str) -> bool:
        """As `_too_many`, and counts nothing."""
        tries, (here, anywhere) = self._books.tries, _keys(login, address)
        if await self._failed_too_often(address):
            return True
        if await tries.count(here, window_seconds=WINDOW) >= TRIES_PER_LOGIN_AND_ADDRESS:
            return True
        return await tries.count(anywhere, window_seconds=WINDOW) >= TRIES_PER_LOGIN

    async def _failed_too_often(self, address: str) -> bool:
        failures = await self._books.tries.count(_address_key(address), window_seconds=WINDOW)
        return failures >= FAILURES_PER_ADDRESS

    async def _begin(self, account: StaffAccount) -> SignedIn:
        value, now = self._random(32), self._now()
        csrf = _csrf(value)
        session = StaffSession(
            id_hash=hashlib.sha256(value).digest(),
            csrf_hash=hashlib.sha256(csrf.encode()).digest(),
            tenant=account.tenant,
            staff=account.id,
            began_at=now,
            last_seen_at=now,
        )
        await self._books.sessions.begin(session)
        cookie = urlsafe_b64encode(value).rstrip(b"=").decode()
        return SignedIn(account=account, session=session, cookie=cookie, csrf=csrf)


def right_csrf(signed: SignedIn, given: str) -> bool:
    return _is(given, signed.session.csrf_hash)


def _keys(login: str, address: str) -> tuple[str, str]:
    """Under which tries are counted: of the login from there, and from anywhere."""
    name = hashlib.sha256(login.encode()).hexdigest()
    return f"sign_in:{name}:{address}", f"sign_in:{name}"


def _address_key(address: str) -> str:
    return f"sign_in:address:{address}"


def _csrf(value: bytes) -> str:
    mark = hmac.digest(value, b"kazasu csrf token", "sha256")
    return urlsafe_b64encode(mark).rstrip(b"=").decode()


def _is(given: str, stored: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), stored)


def _value(cookie: str) -> bytes | None:
    """The 32 bytes of a cookie, written in the one way we write them."""
    try:
        value = urlsafe_b64decode(cookie.encode("ascii") + b"=")
    except ValueError:
        return None
    exact = urlsafe_b64encode(value).rstrip(b"=").decode() == cookie
    return value if exact and len(value) == 32 else None


def right_password(account: StaffAccount, password: str) -> bool:
    """For a command on the machine itself, whose user has the keys: tries are not counted."""
    return _verify(account.password_hash, _normal(password[:LONGEST_PASSWORD]))


def _verify(stored: str, password: str) -> bool:
    try:
        return _ARGON2.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One form for what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", password)
