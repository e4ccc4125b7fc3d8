"""The caller's app: the reference companion's own client, with every request written down.

A request that nobody answered is made again, as an app does, until `patience` is over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

import httpx2

from companion_app.card.apdu import CardBusy, CardLost
from companion_app.card.http_card import CardAddress, inserted, loopback_client
from companion_app.card.outcome import TapResult
from companion_app.card.secret import CardKey
from companion_app.card.tap import tap
from companion_app.device_key import DeviceKey
from companion_app.handset import OwnCall
from companion_app.protocol import Installed
from companion_app.replies import Answered, PairingState, Refusal
from companion_app.service_client import ServiceClient, Unreachable
from companion_app.statement import StatementRefused, checked
from tests.chaos.history.operations import Kind
from tests.chaos.people.notebook import Entry, Notebook
from tests.chaos.town.residents import PIN, SIGN_PASSWORD

T = TypeVar("T")
PATIENCE: Final = 12.0
_SECRETS: Final[dict[CardKey, str]] = {"auth": PIN, "sign": SIGN_PASSWORD}
_KEYS: Final[dict[str, CardKey]] = {"id_card_auth": "auth", "id_card_sign": "sign"}
_AGAIN: Final = frozenset({"try_again", "slow_down", "internal_error"})


class Held(Protocol):
    """A pairing whose claim this phone has won, in the words of the companion's protocol."""

    now: PairingState

    async def confirm(self, answer: str) -> Answered: ...
    async def choose(self, round_number: int, choice: str) -> Answered: ...
    async def progress(self, hint: str) -> Answered: ...
    async def prove(self, tap: TapResult) -> Answered: ...
    async def report(self, own: OwnCall, *, now: float) -> Answered: ...
    async def cancel(self, reason: str) -> Answered: ...
    async def wait(self, seconds: int = 20) -> Answered: ...


class Smartphone:
    def __init__(
        self,
        http: httpx2.AsyncClient,
        notes: Notebook,
        *,
        origin: str,
        card: CardAddress,
        clock_off: float = 0.0,
    ) -> None:
        self._notes = notes
        self._card = card
        self.key = DeviceKey.generate()
        self._client = ServiceClient(
            http,
            origin=origin,
            key=self.key,
            clock=lambda: time.time() + clock_off,
        )
        self._installed = Installed(self._client)
        self.call = ""

    @property
    def origin(self) -> str:
        return self._client.origin

    @property
    def installation(self) -> str:
        return self._client.installation

    async def register(self) -> bool:
        answer = await self._until_answered(self._installed.register)
        return answer is None

    async def claim(self, code: str) -> Held | None:
        """Also when the answer to a claim was lost: the same phone asks again."""

        async def once() -> Held | Refusal:
            facts = {"code": code, "installation": self.installation}
            async with self._notes.writing(Kind.APP_CLAIM, self.call, facts) as entry:
                answer = await self._installed.claim(code, call_state="unknown")
                self._noted(entry, answer if isinstance(answer, Refusal) else answer.now)
                return answer

        answer = await self._until_answered(once)
        return None if isinstance(answer, Refusal) else answer

    async def order(self, dialled: str, purpose: str) -> Held | None:
        """A ticket for a call to that number: the check comes before the call."""

        async def once() -> Held | Refusal:
            async with self._notes.writing(Kind.APP_STEP, self.call) as entry:
                answer = await self._installed.dial_ticket(dialled, purpose, call_state="none")
                self._noted(entry, answer if isinstance(answer, Refusal) else answer.now)
                return answer

        answer = await self._until_answered(once)
        return None if isinstance(answer, Refusal) else answer

    async def step(self, of: Held, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        """One of the app's steps; `Refusal` with code `unreachable` after all patience."""
        return await self._asked(Kind.APP_STEP, of, ask)

    async def prove(self, of: Held, tapped: TapResult) -> Answered:
        return await self._asked(Kind.APP_SUBMIT, of, lambda: of.prove(tapped))

    async def tap(self, of: Held) -> TapResult | None:
        """Check the statement as the app does, then hold the card to the phone."""
        if of.now.statement is None:
            return None
        agreed = {"pairing": of.now.pairing}
        try:
            statement = checked(
                of.now.statement,
                audience=self._client.origin,
                installation=self.installation,
                agreed=agreed,
            )
        except StatementRefused:
            return None
        key = _KEYS[statement.require]
        try:
            async with loopback_client() as http, inserted(http, self._card) as transmit:
                done = await tap(
                    transmit,
                    key=key,
                    secret=lambda: _SECRETS[key],
                    build_message=statement.card_input,
                )
        except (CardLost, CardBusy):
            return None
        return done if isinstance(done, TapResult) else None

    async def _asked(
        self, kind: Kind, of: Held, ask: Callable[[], Awaitable[Answered]]
    ) -> Answered:
        async def once() -> Answered:
            facts = {"pairing": of.now.pairing, "installation": self.installation}
            async with self._notes.writing(kind, self.call, facts) as entry:
                return self._noted(entry, await ask())

        answer = await self._until_answered(once)
        return answer or Refusal(code="unreachable", http_status=0)

    def _noted(self, entry: Entry, answer: Answered) -> Answered:
        """A 500 says nothing about what was done before it."""
        if not isinstance(answer, Refusal):
            entry.ok(**self._facts(answer))
        elif answer.code != "internal_error":
            entry.fail(refusal=answer.code)
        return answer

    def _facts(self, now: PairingState) -> dict[str, str]:
        return {
            "pairing": now.pairing,
            "installation": self.installation,
            "status": now.status,
            "hint": now.hint,
        }

    async def _until_answered(self, once: Callable[[], Awaitable[T]]) -> T | None:
        until = time.monotonic() + PATIENCE
        answer: T | None = None
        while time.monotonic() < until:
            try:
                answer = await once()
            except Unreachable:
                await asyncio.sleep(0.3)
                continue
            if isinstance(answer, Refusal) and answer.code in _AGAIN:
                await asyncio.sleep(min(answer.retry_after or 1, 2))
                continue
            return answer
        return answer
