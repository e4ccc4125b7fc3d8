"""`kazasu demo call`: the same call in a terminal, against a running demo or one it starts."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx2

from companion_app.card.http_card import loopback_client
from companion_app.device_key import DeviceKey
from kazasu.demo import run
from kazasu.demo.place import TERMINAL_OPERATOR, Place
from kazasu.demo.processes import DidNotStart
from kazasu.demo.terminal.around import Around
from kazasu.demo.terminal.conversation import Conversation
from kazasu.demo.terminal.keyboard import Keyboard
from kazasu.demo.terminal.operator import NotSignedIn, TerminalOperator, operator_at
from kazasu.demo.terminal.script import MODES, OTHER_WAY, Script, script_for
from kazasu.demo.terminal.telephone import Telephone
from kazasu.demo.terminal.words import words
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from stand_ins.jpki.cards import DEMO_CARDS

LONGEST: Final = 600.0
"""Real seconds for a whole call: a person listens and taps at their own pace."""
_QUEUE: Final = "番目です"
"""Of the words in the queue; `heard` is what was said last before them."""
_OF_THE_POP: Final = ("badge", "identity_level", "binding_level", "status", "hint", "queue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One call: which card, how it is paired, and whether a change of the contract is asked for."""

    card: str
    mode: str
    change: bool = False

    @property
    def script(self) -> Script:
        return script_for(self.card, self.mode, change=self.change)


def call(
    *, card: str, mode: str, change: bool, speed: float | None, as_json: bool, data: str
) -> int:
    """0 only when the operator's screen received the call."""
    place = Place(folder=Path(data).resolve())
    cards = [*DEMO_CARDS, *place.own_cards(DEMO_CARDS)]
    if card not in cards:
        say(f"--card {card}: no such test card; there are {', '.join(cards)}")
        return 2
    if mode not in MODES:
        say(f"--mode {mode}: no such way; there are {', '.join(MODES)}")
        return 2
    with complain():
        wish = Wish(card=card, mode=mode, change=change)
        return asyncio.run(_until_stopped(place, wish, speed, as_json))
    return 2


async def _until_stopped(place: Place, wish: Wish, speed: float | None, as_json: bool) -> int:
    """SIGTERM and a closed terminal end it as Ctrl-C does: the telephone is hung up."""
    work = asyncio.ensure_future(_call(place, wish, speed, as_json))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return 1


async def _call(place: Place, wish: Wish, speed: float | None, as_json: bool) -> int:
    try:
        async with run.some_demo(place, speed=speed) as running:
            result = await _one_call(place, running, wish, speed, quiet=as_json)
    except DidNotStart as failed:
        say(f"the {failed.name} did not start; its messages stand above")
        return 1
    except NotSignedIn as refused:
        say(f"the console did not let {refused} in; `kazasu demo --fresh` starts anew")
        return 1
    except (httpx2.HTTPError, TimeoutError) as lost:
        say(f"the demo did not answer ({type(lost).__name__})")
        return 3
    print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0 if result["badge"] else 1


async def _one_call(
    place: Place, running: Mapping[str, Any], wish: Wish, speed: float | None, *, quiet: bool
) -> dict[str, object]:
    keyboard = None if quiet or not sys.stdin.isatty() else Keyboard()

    def tell(line: str) -> None:
        print(line, file=sys.stderr if quiet else sys.stdout, flush=True)

    script = wish.script
    if keyboard:
        tell(words("keys"))
        keys = (*(script.keys or ()), *((OTHER_WAY,) * script.other_ways))
        if keys:
            tell(words("guide", keys=" ".join(keys)))
        script = replace(script, keys=None, other_ways=0)
    async with at_the_demo(place, running) as there, asyncio.timeout(LONGEST):
        around = there.around(tell, keyboard.tap if keyboard else at_once)
        talk = Conversation(around, there.telephone, there.operator, script)
        async with there.telephone.at_speed(speed), _keys(keyboard, there.telephone, talk):
            await talk.run()
        return await result_of(talk, wish, there.telephone)


async def at_once() -> None:
    """No hand holds the card back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheDemo:
    """The parties of a call in the terminal, for one call after another."""

    place: Place
    running: Mapping[str, Any]
    telephone: Telephone
    operator: TerminalOperator

    def around(
        self,
        tell: Callable[[str], None],
        tap: Callable[[], Awaitable[None]],
        *,
        app: str = "terminal",
    ) -> Around:
        """`app` names the installation: each has a key, and a bound on its requests, of its own."""
        return Around(
            base=self.running["base"],
            cards=self.running["cards"],
            card_token=self.place.card_token.read_text(encoding="utf-8").strip(),
            device_key=DeviceKey.kept_in(self.place.folder / f"{app}-device.pem"),
            say=tell,
            tap=tap,
        )


@asynccontextmanager
async def at_the_demo(place: Place, running: Mapping[str, Any]) -> AsyncIterator[AtTheDemo]:
    async with (
        loopback_client() as http,
        operator_at(
            running["base"],
            TERMINAL_OPERATOR.login,
            place.password(TERMINAL_OPERATOR),
            session=place.folder / "terminal-session",
        ) as operator,
    ):
        token = place.carrier_token.read_text(encoding="ascii").strip()
        telephone = Telephone(http=http, base=running["carrier"], token=token)
        yield AtTheDemo(place=place, running=running, telephone=telephone, operator=operator)


async def result_of(talk: Conversation, wish: Wish, telephone: Telephone) -> dict[str, object]:
    """What came of the call. Without a pop every word of it is empty: it reached nobody's screen,
    or a card refused before the call left nothing to call with (`called` false)."""
    pop = talk.pop
    shown = {name: pop[name] if pop else "" for name in _OF_THE_POP}
    verdict = pop["verdict"] if pop else None
    return {
        **shown,
        "evidence_id": verdict["evidence_id"] if verdict else "",
        "card": wish.card,
        "mode": wish.mode,
        "app": talk.app_said,
        "called": bool(talk.sid),
        "heard": next((text for text in reversed(talk.heard) if _QUEUE not in text), ""),
        "seconds": round(await telephone.seconds(talk.sid), 1) if talk.sid else 0.0,
    }


@asynccontextmanager
async def _keys(
    keyboard: Keyboard | None, telephone: Telephone, talk: Conversation
) -> AsyncIterator[None]:
    """While it lasts, what is typed reaches the telephone and the card."""
    if keyboard is None:
        yield
        return

    async def press(digit: str) -> bool:
        return await telephone.press(talk.sid, digit)

    async def hang_up() -> None:
        await telephone.hang_up(talk.sid)

    with keyboard.listening(press=press, hang_up=hang_up):
        yield
