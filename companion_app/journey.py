"""The app's journey: from a typed code to the result. What a person decides is asked of them.

The same steps run in the terminal and in tests; only the `Holder` differs. The PIN goes from the
holder to the card and is kept by nothing in between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from companion_app.card.apdu import Transmit
from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.secret import CardKey
from companion_app.card.tap import tap
from companion_app.protocol import ClaimedPairing, Installed
from companion_app.replies import Answered, CallShown, ChoiceOfThree, PairingState, Refusal
from companion_app.spoken_code import typed_code
from companion_app.statement import CheckedStatement, StatementRefused, checked

WhoCalled: TypeAlias = Literal["i_called", "they_called", "no_call"]

_FITTING: Final[dict[str, WhoCalled]] = {"caller": "i_called", "business": "they_called"}
_KEYS: Final[dict[str, CardKey]] = {"id_card_auth": "auth", "id_card_sign": "sign"}
_GIVE_UP: Final = {
    TroubleCode.PIN_BLOCKED: "pin_blocked",
    TroubleCode.PIN_LAST_TRY: "pin_last_try",
    TroubleCode.CARD_WITHOUT_PIN: "card_without_pin",
}


class Holder(Protocol):
    """The person with the phone and the card. None always means: I stop here."""

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        """「いま、この会社と電話中ですか。どちらからかけましたか。」"""
        ...

    async def really_decline(self, call: CallShown) -> bool:
        """「会社に知らせて止めます」: asked once more before an alarm is raised."""
        ...

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        """Which of the three the call has spoken."""
        ...

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        """The way to the PIN, called once by the tap. `trouble` says why it is asked again."""
        ...

    async def card(self) -> Transmit | None:
        """A card held to the phone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NotACode:
    """What was typed cannot be a spoken code: nothing was sent and no try was spent."""


Ending: TypeAlias = PairingState | Refusal | NotACode


class Journey:
    def __init__(self, installed: Installed, holder: Holder, *, origin: str, installation: str):
        self._installed = installed
        self._holder = holder
        self._origin = origin
        self._installation = installation

    async def run(self, typed: str, *, call_state: str = "unknown") -> Ending:
        """Claim what the code leads to and walk it to its end. `Unreachable` passes through."""
        code = typed_code(typed)
        if code is None:
            return NotACode()
        claimed = await self._installed.claim(code, call_state=call_state)
        if isinstance(claimed, Refusal):
            return claimed
        return await _Walk(
            claimed, self._holder, origin=self._origin, installation=self._installation
        ).to_the_end()


class _Walk:
    def __init__(
        self, pairing: ClaimedPairing, holder: Holder, *, origin: str, installation: str
    ) -> None:
        self._pairing = pairing
        self._holder = holder
        self._origin = origin
        self._installation = installation
        self._picked: str | None = None
        self._trouble: CardTrouble | None = None

    async def to_the_end(self) -> PairingState | Refusal:
        """Answer whatever the pairing waits for until it waits for nothing more."""
        while self._pairing.now.status == "pending":
            answer = await self._next_step(self._pairing.now)
            if isinstance(answer, Refusal):
                return answer
        return self._pairing.now

    async def _next_step(self, now: PairingState) -> Answered:
        match now.hint:
            case "app_opened" | "awaiting_call_confirm":
                return await self._confirm()
            case "awaiting_choice" if now.choice is not None:
                return await self._choose(now.choice)
            case "awaiting_pin" | "awaiting_card" if now.statement is not None:
                return await self._prove(now, now.statement)
        return await self._pairing.wait()

    async def _confirm(self) -> Answered:
        call = self._pairing.call
        answer = await self._holder.who_called(call)
        if answer is None:
            return await self._pairing.cancel("user_cancelled")
        fits = _FITTING.get(call.direction) == answer
        if not fits and not await self._holder.really_decline(call):
            return self._pairing.now
        return await self._pairing.confirm(answer)

    async def _choose(self, choice: ChoiceOfThree) -> Answered:
        self._picked = await self._holder.pick(choice)
        if self._picked is None:
            return await self._pairing.cancel("user_cancelled")
        return await self._pairing.choose(choice.round, self._picked)

    async def _prove(self, now: PairingState, text: str) -> Answered:
        key = _KEYS.get(self._pairing.call.require)
        statement = self._checked(now, text)
        if key is None or statement is None:
            return await self._pairing.cancel("app_unsupported")
        result = await self._tap(statement, key)
        if isinstance(result, TapResult):
            return await self._pairing.prove(result)
        if isinstance(result, Refusal):
            return result
        if result is None:
            return await self._pairing.cancel("user_cancelled")
        if result.code in _GIVE_UP:
            return await self._pairing.cancel(_GIVE_UP[result.code])
        self._trouble = result
        return now

    def _checked(self, now: PairingState, text: str) -> CheckedStatement | None:
        call = self._pairing.call
        agreed = {
            "pairing": now.pairing,
            "rp_name": call.business_name,
            "purpose": call.purpose,
            "direction": call.direction,
            "dialled": call.dialled,
            "line_last4": call.line_last4 or None,
            "call_started_at": call.call_started_at,
            "require": call.require,
        } | ({} if self._picked is None else {"match": self._picked})
        try:
            return checked(
                text, audience=self._origin, installation=self._installation, agreed=agreed
            )
        except StatementRefused:
            return None

    async def _tap(
        self, statement: CheckedStatement, key: CardKey
    ) -> TapResult | CardTrouble | Refusal | None:
        if isinstance(told := await self._tell("awaiting_pin"), Refusal):
            return told
        secret = await self._holder.secret(statement, key, self._trouble)
        if secret is None:
            return None
        if isinstance(told := await self._tell("awaiting_card"), Refusal):
            return told
        transmit = await self._holder.card()
        if transmit is None:
            return None
        return await tap(transmit, key=key, secret=secret, build_message=statement.card_input)

    async def _tell(self, hint: str) -> Answered:
        """So that the voice and the operator can follow. Progress never goes backwards."""
        if self._pairing.now.hint == "awaiting_card":
            return self._pairing.now
        return await self._pairing.progress(hint)
