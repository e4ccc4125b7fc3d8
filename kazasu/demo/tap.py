"""`kazasu demo tap`: the companion app with a test card in the terminal, for the code of a desk, or
of a call that somebody makes on a real telephone and whose words only they can hear."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2

from companion_app.card.http_card import CardAddress, restore
from companion_app.device_key import DeviceKey
from companion_app.journey import Ending, Journey, NotACode
from companion_app.protocol import Installed
from companion_app.replies import ChoiceOfThree, Refusal
from companion_app.service_client import App, ServiceClient, Unreachable
from kazasu.demo import programs, run, set_up
from kazasu.demo.place import Place, secrets_of
from kazasu.demo.processes import DidNotStart, Processes
from kazasu.demo.programs import Ports
from kazasu.demo.terminal.person import Ears, Person
from kazasu.demo.terminal.words import words
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from stand_ins.jpki.cards import DEMO_CARDS

_APP_VERSION: Final = "1.0.0"
_LINK: Final = "https://"


class AtTheTelephone(Person):
    """Says what the app shows, and asks whoever hears the call."""

    def __init__(self, lines: asyncio.StreamReader, http: httpx2.AsyncClient, card: CardAddress):
        super().__init__(Ears(), http, card, say=_show, tap=_at_once)
        self._lines = lines

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        """Nothing entered stops here."""
        shown = " / ".join(choice.choices)
        while picked := await asked(self._lines, words("pick", shown=shown)):
            if picked in choice.choices:
                return picked
        return None


def tap(*, base_url: str, card: str, data: str) -> int:
    """0 when the check is complete, 1 when it ended otherwise, 3 when the service is away."""
    place = Place(folder=Path(data).resolve())
    cards = [*DEMO_CARDS, *place.own_cards(DEMO_CARDS)]
    if card not in cards:
        say(f"--card {card}: no such test card; there are {', '.join(cards)}")
        return 2
    with complain():
        try:
            return asyncio.run(_tap(place, base_url.rstrip("/"), card))
        except DidNotStart as failed:
            say(f"the {failed.name} did not start; its messages stand above")
        except (Unreachable, httpx2.HTTPError) as lost:
            say(f"{base_url} did not answer ({type(lost).__name__})")
            return 3
        except KeyboardInterrupt:
            pass
        return 1
    return 2


async def _tap(place: Place, base: str, card: str) -> int:
    async with _rack(place, base) as cards, httpx2.AsyncClient(trust_env=False) as http:
        token = place.card_token.read_text(encoding="utf-8").strip()
        address = CardAddress(base=cards, token=token, name=card)
        await restore(http, address)
        key = DeviceKey.kept_in(place.folder / "telephone-device.pem")
        client = ServiceClient(http, origin=base, key=key, app=App(version=_APP_VERSION))
        installed = Installed(client)
        await installed.register()
        lines = await _lines()
        person = AtTheTelephone(lines, http, address)
        journey = Journey(installed, person, origin=base, installation=client.installation)
        given = await asked(lines, words("code"))
        try:
            way = journey.follow if given.startswith(_LINK) else journey.run
            return _told(await way(given))
        finally:
            await person.put_away()


@asynccontextmanager
async def _rack(place: Place, base: str) -> AsyncIterator[str]:
    """The card rack of the demo that runs here, else one of its own; its address."""
    there = await run.running_demo(place)
    if there is not None:
        yield str(there["cards"])
        return
    processes = Processes()
    ports = Ports(fallback=0, carrier=0, cards=0)
    try:
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        secrets_of(place)
        await asyncio.to_thread(set_up.certificates, place)
        port = await processes.start(programs.cards(place, base, ports, 1.0))
        yield f"http://127.0.0.1:{port}"
    finally:
        await processes.stop()


def _told(ending: Ending) -> int:
    match ending:
        case NotACode():
            _show(words("not_a_code"))
            return 1
        case Refusal():
            _show(words("ended", how=ending.code))
            return 1
    _show(words("ended", how=f"{ending.status} / {ending.hint}"))
    return 0 if ending.status == "complete" else 1


async def _lines() -> asyncio.StreamReader:
    """Standard input without a thread, so that Ctrl-C ends at once."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def asked(lines: asyncio.StreamReader, question: str) -> str:
    _show(question)
    return (await lines.readline()).decode("utf-8", "replace").strip()


def _show(line: str) -> None:
    print(line, flush=True)


async def _at_once() -> None:
    return None
