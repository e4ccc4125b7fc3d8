"""The holder at a card reader, for a call or at a desk: `companion_app.journey.Holder`.

The PIN comes first, then the card, once: it lies on the reader no longer than the tap takes.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from companion_app.card import reader
from companion_app.card.apdu import CardBusy, Transmit
from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.reader import NoCard, NoReader
from companion_app.card.secret import CardKey
from companion_app.journey import WhoCalled
from companion_app.replies import CallShown, ChoiceOfThree, DeskShown
from companion_app.statement import CheckedStatement
from kazasu.cli.cards.words import words
from kazasu.cli.terminal import Asks

_WHO: Final[dict[str, WhoCalled]] = {"1": "i_called", "2": "they_called", "3": "no_call"}
_AGAIN: Final = frozenset(
    {
        TroubleCode.PIN_WRONG,
        TroubleCode.PIN_MALFORMED,
        TroubleCode.CARD_LOST,
        TroubleCode.NOT_A_JPKI_CARD,
    }
)


class AtTheReader:
    """`name` is a part of the reader's name, `seconds` how long a card is awaited."""

    def __init__(self, asks: Asks, *, name: str, seconds: float) -> None:
        self._asks = asks
        self._name = name
        self._seconds = seconds
        self._on_reader = AsyncExitStack()

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        line = call.line_last4 or words("withheld")
        self._asks.say(
            words(
                "call",
                business=call.business_name,
                purpose=call.purpose,
                started=call.call_started_at,
                line=line,
            )
        )
        while given := self._asks.visible(words("who")):
            if given in _WHO:
                return _WHO[given]
        return None

    async def is_at(self, desk: DeskShown) -> bool:
        """The reader is there, and so is whoever typed the code."""
        self._asks.say(words("desk", business=desk.business_name, purpose=desk.purpose))
        return True

    async def really_decline(self, call: CallShown) -> bool:
        return self._asks.visible(words("really")).lower() == "y"

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        while given := self._asks.visible(words("pick", shown=" / ".join(choice.choices))):
            if given in choice.choices:
                return given
        return None

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        """None, which gives up, when the card was refused in a way that a new try cannot mend."""
        await self.put_away()
        if trouble is None:
            self._asks.say(statement.shown)
        else:
            self._asks.say(told(trouble))
            if trouble.code not in _AGAIN:
                return None
        return self._typed(key)

    def _typed(self, key: CardKey) -> Callable[[], str] | None:
        """Asked for unseen; None when nothing was typed."""
        secret = self._asks.unseen(words(key))
        return (lambda: secret) if secret else None

    async def card(self) -> Transmit | None:
        self._asks.say(words("put"))
        held = reader.held(self._name, seconds=self._seconds)
        try:
            return await self._on_reader.enter_async_context(held)
        except NoCard:
            self._asks.say(words("no_card"))
        except CardBusy:
            self._asks.say(words("card_busy"))
        except NoReader as missing:
            self._asks.say(no_reader(missing))
        return None

    async def put_away(self) -> None:
        """Reset and let go: what the PIN opened is closed."""
        await self._on_reader.aclose()


def told(trouble: CardTrouble) -> str:
    status = "" if trouble.status is None else f"{trouble.status:04X}"
    return words(trouble.code.value, tries=trouble.tries_left, status=status)


def no_reader(missing: NoReader) -> str:
    return words(missing.code, names=", ".join(missing.names))
