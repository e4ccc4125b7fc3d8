"""`kazasu demo call`: the same call in a terminal, against a running demo or one it starts."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from companion_app.card.http_card import loopback_client
from companion_app.device_key import DeviceKey
from kazasu.complaints import complain
from kazasu.demo import run
from kazasu.demo.place import TERMINAL_OPERATOR, Place
from kazasu.demo.processes import DidNotStart
from kazasu.demo.terminal.conversation import Around, Conversation, Script, script_for
from kazasu.demo.terminal.keyboard import Keyboard
from kazasu.demo.terminal.operator import NotSignedIn, operator_at
from kazasu.demo.terminal.telephone import Telephone
from kazasu.said import say
from stand_ins.jpki.cards import DEMO_CARDS

MODES: Final = ("spoken_code",)
LONGEST: Final = 600.0
"""Real seconds for a whole call: a person listens and taps at their own pace."""
_OF_THE_POP: Final = ("badge", "identity_level", "binding_level", "status", "hint", "queue")


def call(*, card: str, mode: str, speed: float | None, as_json: bool, data: str) -> int:
    """0 only when the operator's screen received the call."""
    place = Place(folder=Path(data).resolve())
    cards = [*DEMO_CARDS, *place.own_cards(DEMO_CARDS)]
    if card not in cards:
        say(f"--card {card}: no such test card; there are {', '.join(cards)}")
        return 2
    if mode not in MODES:
        say(f"--mode {mode}: not yet; there is {', '.join(MODES)}")
        return 2
    with complain():
        return asyncio.run(_until_stopped(place, card, speed, as_json))
    return 2


async def _until_stopped(place: Place, card: str, speed: float | None, as_json: bool) -> int:
    """SIGTERM and a closed terminal end it as Ctrl-C does: the telephone is hung up."""
    work = asyncio.ensure_future(_call(place, card, speed, as_json))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return 1


async def _call(place: Place, card: str, speed: float | None, as_json: bool) -> int:
    try:
        async with run.some_demo(place, speed=speed) as running:
            result = await _one_call(place, running, card, speed, quiet=as_json)
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
    place: Place, running: Mapping[str, Any], card: str, speed: float | None, *, quiet: bool
) -> dict[str, object]:
    keyboard = None if quiet or not sys.stdin.isatty() else Keyboard()

    def tell(line: str) -> None:
        print(line, file=sys.stderr if quiet else sys.stdout, flush=True)

    async def at_once() -> None:
        return None

    around = Around(
        base=running["base"],
        cards=running["cards"],
        card_token=place.card_token.read_text(encoding="utf-8").strip(),
        device_key=DeviceKey.kept_in(place.folder / "terminal-device.pem"),
        say=tell,
        tap=keyboard.tap if keyboard else at_once,
    )
    script = script_for(card)
    if keyboard:
        tell("0-9 * #: 電話のボタン   t: カードをかざす   h: 電話を切る")
        tell(f"(このカードの案内どおりなら {' '.join(script.keys or ())} を押します)")
        script = Script(card=card, keys=None)
    async with (
        loopback_client() as http,
        operator_at(
            around.base,
            TERMINAL_OPERATOR.login,
            place.password(TERMINAL_OPERATOR),
            session=place.folder / "terminal-session",
        ) as operator,
        asyncio.timeout(LONGEST),
    ):
        telephone = Telephone(
            http=http,
            base=running["carrier"],
            token=place.carrier_token.read_text(encoding="ascii").strip(),
        )
        talk = Conversation(around, telephone, operator, script)
        async with telephone.at_speed(speed), _keys(keyboard, telephone, talk):
            await talk.run()
        return _result(talk.pop, await telephone.seconds(talk.sid))


def _result(pop: Mapping[str, Any] | None, seconds: float) -> dict[str, object]:
    """Without a pop every word is empty: the call reached nobody's screen."""
    shown = {name: pop[name] if pop else "" for name in _OF_THE_POP}
    verdict = pop["verdict"] if pop else None
    evidence = verdict["evidence_id"] if verdict else ""
    return {**shown, "evidence_id": evidence, "seconds": round(seconds, 1)}


@asynccontextmanager
async def _keys(
    keyboard: Keyboard | None, telephone: Telephone, talk: Conversation
) -> AsyncIterator[None]:
    """While it lasts, what is typed reaches the telephone and the card."""
    if keyboard is None:
        yield
        return

    async def press(digit: str) -> None:
        await telephone.press(talk.sid, digit)

    async def hang_up() -> None:
        await telephone.hang_up(talk.sid)

    with keyboard.listening(press=press, hang_up=hang_up):
        yield
