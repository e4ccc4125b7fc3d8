"""The caller with app and card in hand: answers the app as the guide of the demo says."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import httpx2

from companion_app.card.apdu import Transmit
from companion_app.card.http_card import CardAddress, inserted
from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.secret import CardKey
from companion_app.journey import WhoCalled
from companion_app.replies import CallShown, ChoiceOfThree, DeskShown
from companion_app.statement import CheckedStatement
from kazasu.demo.terminal import heard
from kazasu.demo.terminal.words import words

# The documented secrets of the synthetic cards: no real card has them, and none is asked for here.
SECRETS: Final[dict[CardKey, str]] = {"auth": "1234", "sign": "KAZASU123"}
_TRY_AGAIN: Final = frozenset({TroubleCode.PIN_WRONG, TroubleCode.CARD_LOST})
_MOST_TAPS: Final = 2


class Ears:
    """What the call has said, for whoever waits to hear something. Latest last."""

    def __init__(self) -> None:
        self.captions: list[str] = []
        self._news = asyncio.Event()

    def hear(self, caption: str) -> None:
        self.captions.append(caption)
        self._news.set()

    async def more(self) -> None:
        """Something is said that was not said before."""
        self._news.clear()
        await self._news.wait()

    async def until(self, wanted: Callable[[str], str | None], *, back: int) -> str:
        """The first thing wanted among the last `back` captions and those to come."""
        place = max(0, len(self.captions) - back)
        while True:
            while place < len(self.captions):
                found = wanted(self.captions[place])
                place += 1
                if found is not None:
                    return found
            self._news.clear()
            await self._news.wait()


class Person:
    """`companion_app.journey.Holder`. `tap` is waited for before the card touches the phone."""

    def __init__(
        self,
        ears: Ears,
        http: httpx2.AsyncClient,
        card: CardAddress,
        *,
        say: Callable[[str], None],
        tap: Callable[[], Awaitable[None]],
    ) -> None:
        self._ears = ears
        self._http = http
        self._address = card
        self._say = say
        self._ready = tap
        self._in_hand = AsyncExitStack()
        self._taps = 0

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        self._say(words("call", business=call.business_name, purpose=call.purpose))
        return "i_called"

    async def is_at(self, desk: DeskShown) -> bool:
        self._say(words("desk", business=desk.business_name, purpose=desk.purpose))
        return True

    async def really_decline(self, call: CallShown) -> bool:
        return False

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        shown = " / ".join(choice.choices)
        picked = await self._ears.until(lambda said: heard.item(said, choice.choices), back=1)
        self._say(words("choice", shown=shown, picked=picked))
        return picked

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        """None, which gives up, once the card was refused in a way that a new try cannot mend."""
        await self._in_hand.aclose()
        if trouble is None:
            self._taps = 0
            self._say(words("shown", text=statement.shown))
        elif trouble.code not in _TRY_AGAIN or self._taps >= _MOST_TAPS:
            return None
        elif trouble.tries_left is None:
            self._say(words("again"))
        else:
            self._say(words("tries", tries=trouble.tries_left))
        return lambda: SECRETS[key]

    async def card(self) -> Transmit | None:
        await self._ready()
        self._taps += 1
        self._say(words("tap", card=self._address.name))
        return await self._in_hand.enter_async_context(inserted(self._http, self._address))

    async def put_away(self) -> None:
        await self._in_hand.aclose()
