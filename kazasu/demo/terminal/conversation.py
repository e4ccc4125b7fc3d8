"""One call from dialling to the operator's screen: telephone, app and console side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from companion_app.card.http_card import CardAddress, restore
from companion_app.device_key import DeviceKey
from companion_app.journey import Ending, Journey, NotACode
from companion_app.protocol import Installed
from companion_app.replies import Refusal
from companion_app.service_client import App, ServiceClient
from kazasu.demo import place as places
from kazasu.demo.terminal import heard
from kazasu.demo.terminal.operator import TerminalOperator
from kazasu.demo.terminal.person import Ears, Person
from kazasu.demo.terminal.telephone import Telephone

_APP_VERSION: Final = "1.0.0"
_JUST_HEARD: Final = 3
_A_MOMENT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`keys` are pressed one entry for each question the call asks. None: somebody presses them."""

    card: str
    keys: tuple[str, ...] | None


def script_for(card: str) -> Script:
    """What the caller of the guide presses before the check (experience, 6.4)."""
    special = {"other-person": ("3", "10000001"), "valid-sign": ("2",)}
    return Script(card=card, keys=special.get(card, ("1",)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Addresses, tokens, and where lines go. `tap` waits until the card may touch the phone."""

    base: str
    cards: str
    card_token: str = field(repr=False)
    device_key: DeviceKey
    say: Callable[[str], None]
    tap: Callable[[], Awaitable[None]]


class Conversation:
    """`sid` is known once it rings; `pop` is what the operator's screen showed last."""

    def __init__(
        self, around: Around, telephone: Telephone, operator: TerminalOperator, script: Script
    ) -> None:
        self._around = around
        self._telephone = telephone
        self._operator = operator
        self._script = script
        self._ears = Ears()
        self.sid = ""
        self.pop: dict[str, Any] | None = None

    async def run(self) -> None:
        """Until the operator talks with the caller and the check has ended, or the call is over."""
        address = CardAddress(
            base=self._around.cards, token=self._around.card_token, name=self._script.card
        )
        async with httpx2.AsyncClient(trust_env=False) as http:
            await restore(http, address)
            await self._operator.available()
            self.sid = await self._telephone.dial(places.CALLER, places.DIALLED)
            try:
                await self._side_by_side(http, address)
            finally:
                await self._telephone.hang_up(self.sid)

    async def _side_by_side(self, http: httpx2.AsyncClient, address: CardAddress) -> None:
        call = asyncio.ensure_future(self._listen())
        app = asyncio.ensure_future(self._use_app(http, address))
        desk = asyncio.ensure_future(self._serve())
        try:
            await asyncio.wait({call, desk}, return_when=asyncio.FIRST_COMPLETED)
            _raise_first(task for task in (desk, call, app) if task.done())
        finally:
            for task in (call, app, desk):
                task.cancel()
            await asyncio.gather(call, app, desk, return_exceptions=True)

    async def _listen(self) -> None:
        """Captions aloud; a key for each question, as long as the script has keys."""
        keys = list(self._script.keys or ())
        async for entry in self._telephone.entries(self.sid):
            if entry["kind"] == "say":
                self._around.say(f"電話: {entry['text']}")
                self._ears.hear(entry["text"])
            elif entry["kind"] == "listen" and _asks(entry) and keys:
                digits = keys.pop(0)
                self._around.say(f"電話のボタン: {digits}")
                await self._telephone.press(self.sid, digits)

    async def _use_app(self, http: httpx2.AsyncClient, address: CardAddress) -> None:
        client = ServiceClient(
            http,
            origin=self._around.base,
            key=self._around.device_key,
            app=App(version=_APP_VERSION),
        )
        installed = Installed(client)
        await installed.register()
        person = Person(self._ears, http, address, say=self._around.say, tap=self._around.tap)
        used: set[str] = set()

        def new_code(said: str) -> str | None:
            code = heard.code(said)
            return None if code in used else code

        while True:  # a change asks for a second check, and each check speaks a code of its own
            code = await self._ears.until(new_code, back=_JUST_HEARD)
            used.add(code)
            journey = Journey(
                installed, person, origin=self._around.base, installation=client.installation
            )
            try:
                self._report(await journey.run(code))
            finally:
                await person.put_away()

    def _report(self, ending: Ending) -> None:
        match ending:
            case NotACode():
                self._around.say("アプリ: 番号が正しくありません")
            case Refusal():
                self._around.say(f"アプリ: {ending.code}")
            case _:
                self._around.say(f"アプリ: {ending.status} / {ending.hint}")

    async def _serve(self) -> None:
        """See every offer, answer it, and look until the check that was asked for has ended."""
        async for _ in self._operator.news():
            state = await self._operator.state()
            shown = state["call"] or state["offer"]
            if shown is None:
                continue
            self.pop = await self._operator.pop(shown["token"]) or self.pop
            if state["call"] is None:
                await self._operator.answer(shown["token"])
            elif shown["state"] == "talking" and self.pop and self.pop["status"] != "pending":
                return


def _asks(entry: Mapping[str, Any]) -> bool:
    """A question leaves a person time; tones of an app are listened for a moment only."""
    return bool(entry["question"]) and entry["seconds"] > _A_MOMENT


def _raise_first(done: Iterable[asyncio.Future[None]]) -> None:
    for task in done:
        task.result()
