"""The app's journey: from a code, a link or a chosen business to the result.

What a person decides is asked of them. The same steps run in the terminal and in tests; only
`Holder` and `Handset` differ. The PIN goes from the holder to the card and is kept by nothing in
between.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from companion_app.card.apdu import Transmit
from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.secret import CardKey
from companion_app.card.tap import tap
from companion_app.handset import Handset, dial_string
from companion_app.link import token_of
from companion_app.protocol import HeldPairing, Installed
from companion_app.replies import (
    Answered,
    BusinessShown,
    CallShown,
    ChoiceOfThree,
    DeskShown,
    PairingState,
    PurposeShown,
    Refusal,
)
from companion_app.spoken_code import typed_code
from companion_app.statement import CheckedStatement, StatementRefused, checked

WhoCalled: TypeAlias = Literal["i_called", "they_called", "no_call"]

_FITTING: Final[dict[str, WhoCalled]] = {"caller": "i_called", "business": "they_called"}
_KEYS: Final[dict[str, CardKey]] = {"id_card_auth": "auth", "id_card_sign": "sign"}
_GIVE_UP: Final = {
    TroubleCode.PIN_BLOCKED: "pin_blocked",
    TroubleCode.PIN_LAST_TRY: "pin_last_try",
    TroubleCode.CARD_WITHOUT_PIN: "card_without_pin",
    TroubleCode.CARD_UNSUPPORTED: "app_unsupported",
}


class Holder(Protocol):
    """The person with the phone and the card. None always means: I stop here."""

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        """「いま、この会社と電話中ですか。どちらからかけましたか。」"""
        ...

    async def really_decline(self, call: CallShown) -> bool:
        """「会社に知らせて止めます」: asked once more before an alarm is raised."""
        ...

    async def is_at(self, desk: DeskShown) -> bool:
        """「いま、この会社の窓口にいますか。」 A code from elsewhere is not to be tapped."""
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
    """What was typed or opened cannot lead anywhere: nothing was sent and no try was spent."""


Ending: TypeAlias = PairingState | Refusal | NotACode


class Journey:
    """`Unreachable` passes through all of its ways."""

    def __init__(self, installed: Installed, holder: Holder, *, origin: str, installation: str):
        self._installed = installed
        self._holder = holder
        self._origin = origin
        self._installation = installation

    async def run(self, typed: str, *, call_state: str = "unknown") -> Ending:
        """Claim what the code leads to, a call or a desk, and walk it to its end."""
        code = typed_code(typed)
        if code is None:
            return NotACode()
        held = await self._installed.claim(code, call_state=call_state)
        if isinstance(held, HeldPairing) and held.desk is not None:
            return await self._walk(held, _of_the_desk(held.desk))
        return await self._walk(held, {"type": "call", "mode": "spoken_code"})

    async def follow(self, link: str, *, call_state: str = "unknown") -> Ending:
        """The same by the link of a text message."""
        token = token_of(link, origin=self._origin)
        if token is None:
            return NotACode()
        held = await self._installed.claim(token, call_state=call_state)
        return await self._walk(held, {"type": "call", "mode": "sms_link"})

    async def dial(
        self,
        business: BusinessShown,
        purpose: PurposeShown,
        handset: Handset,
        *,
        call_state: str = "none",
    ) -> Ending:
        """Tap first, then call: the call arrives with what the tap has proven."""
        held = await self._installed.dial_ticket(
            business.dialled, purpose.name, call_state=call_state
        )
        agreed = {
            "type": "dial",
            "mode": "app_dial",
            "rp_name": business.name,
            "purpose": purpose.words,
            "direction": "caller",
            "dialled": business.dialled,
        }
        return await self._walk(held, agreed, handset)

    async def key_in(
        self,
        business: BusinessShown,
        purpose: PurposeShown,
        handset: Handset,
        *,
        call_state: str = "unknown",
    ) -> Ending:
        """The caller keys a code into the call; the call it arrives in is then shown as ever."""
        held = await self._installed.keyed_code(
            business.dialled, purpose.name, call_state=call_state
        )
        return await self._walk(held, {"type": "call", "mode": "keyed_code"}, handset)

    async def _walk(
        self,
        held: HeldPairing | Refusal,
        agreed: Mapping[str, str],
        handset: Handset | None = None,
    ) -> PairingState | Refusal:
        if isinstance(held, Refusal):
            return held
        check = _Check(origin=self._origin, installation=self._installation, agreed=agreed)
        return await _Walk(held, self._holder, check, handset).to_the_end()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """Judges a statement against what was agreed before and what was on the screen of the call."""

    origin: str
    installation: str
    agreed: Mapping[str, str]

    def statement(self, held: HeldPairing, picked: str | None) -> CheckedStatement | None:
        if held.now.statement is None:
            return None
        agreed: dict[str, str | None] = {**self.agreed, "pairing": held.now.pairing}
        if held.call is not None:
            agreed |= _of_the_call(held.call)
        elif agreed["type"] == "call":
            return None
        if picked is not None and agreed["type"] == "call":
            agreed["match"] = picked
        try:
            return checked(
                held.now.statement,
                audience=self.origin,
                installation=self.installation,
                agreed=agreed,
            )
        except StatementRefused:
            return None


def _of_the_call(call: CallShown) -> dict[str, str | None]:
    return {
        "rp_name": call.business_name,
        "purpose": call.purpose,
        "direction": call.direction,
        "dialled": call.dialled,
        "line_last4": call.line_last4 or None,
        "call_started_at": call.call_started_at,
        "require": call.require,
    }


def _of_the_desk(desk: DeskShown) -> dict[str, str]:
    return {
        "type": desk.kind,
        "mode": "desk",
        "rp_name": desk.business_name,
        "purpose": desk.purpose,
        "direction": "business",
        "require": desk.require,
    }


class _Walk:
    def __init__(
        self, pairing: HeldPairing, holder: Holder, check: _Check, handset: Handset | None
    ) -> None:
        self._pairing = pairing
        self._holder = holder
        self._check = check
        self._handset = handset
        self._told: set[str] = set()
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
            case "awaiting_app" if now.code and self._once("code"):
                return await self._key_in(now.code)
            case "app_opened" | "awaiting_call_confirm" if self._pairing.call is not None:
                return await self._confirm(self._pairing.call)
            case "awaiting_choice" if now.choice is not None:
                return await self._choose(now.choice)
            case "awaiting_pin" | "awaiting_card" if now.statement is not None:
                return await self._prove(now)
            case "awaiting_dial" if now.tel and self._once("tel"):
                return await self._call(now.tel)
        return await self._pairing.wait()

    def _once(self, what: str) -> bool:
        new = what not in self._told
        self._told.add(what)
        return new

    async def _key_in(self, code: str) -> Answered:
        if self._handset is None:
            return await self._pairing.cancel("app_unsupported")
        await self._handset.key_in(code)
        return self._pairing.now

    async def _call(self, tel: str) -> Answered:
        """Place the call that the ticket is for, and say what the handset knows of it."""
        dial = dial_string(tel)
        if dial is None or self._handset is None:
            return await self._pairing.cancel("app_unsupported")
        if not await self._handset.place(dial):
            return await self._pairing.cancel("user_cancelled")
        own = await self._handset.own_call()
        if own is None:
            return self._pairing.now
        return await self._pairing.report(own, now=time.monotonic())

    async def _confirm(self, call: CallShown) -> Answered:
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

    async def _prove(self, now: PairingState) -> Answered:
        desk = self._pairing.desk
        if desk is not None and self._once("desk") and not await self._holder.is_at(desk):
            return await self._pairing.cancel("user_cancelled")
        statement = self._check.statement(self._pairing, self._picked)
        key = _KEYS.get(statement.require) if statement else None
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
