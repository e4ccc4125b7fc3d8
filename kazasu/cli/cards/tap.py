"""`kazasu card tap`: the companion app with a card in a real reader."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2

from companion_app.card import reader as card_reader
from companion_app.card.reader import NoReader
from companion_app.device_key import DeviceKey
from companion_app.journey import Ending, Journey, NotACode
from companion_app.protocol import Installed
from companion_app.replies import PairingState, Refusal
from companion_app.service_client import App, ServiceClient, Unreachable
from kazasu.cli.cards.at_reader import AtTheReader, no_reader
from kazasu.cli.cards.endings import ending_words
from kazasu.cli.cards.words import words
from kazasu.cli.terminal import Asks, NoTerminal, Terminal
from kazasu.error_lines import complain_of_settings, say

_APP_VERSION: Final = "1.0.0"
_LINK: Final = "https://"
EXPLAINED: Final = frozenset({"pin_blocked", "pin_last_try", "card_without_pin"})


def tap(*, base_url: str, reader: str, device_key: str, wait: float) -> int:
    """0 when the check is complete, 1 when it ended otherwise, 2 without a reader or a terminal,
    3 when the service is away."""
    base = base_url.rstrip("/")
    if not _safe(base):
        say(f"--base-url {base_url}: https, or http on this computer")
        return 2
    with complain_of_settings():
        try:
            card_reader.readers()
            key = DeviceKey.kept_in(key_file(device_key))
            return asyncio.run(_tap(base, key, reader, wait))
        except NoReader as missing:
            say(no_reader(missing))
        except NoTerminal:
            say(words("no_terminal"))
        except (Unreachable, httpx2.HTTPError) as lost:
            say(f"{base} did not answer ({type(lost).__name__})")
            return 3
        except KeyboardInterrupt:
            return 1
    return 2


async def _tap(base: str, key: DeviceKey, reader: str, wait: float) -> int:
    terminal = Terminal()
    async with httpx2.AsyncClient(trust_env=False) as http:
        holder = AtTheReader(terminal, name=reader, seconds=wait)
        ending = await check(http, base, key, holder, terminal)
    return shown(ending, terminal)


async def check(
    http: httpx2.AsyncClient, base: str, key: DeviceKey, holder: AtTheReader, asks: Asks
) -> Ending:
    """One check, by the code of a call or by a link."""
    client = ServiceClient(http, origin=base, key=key, app=App(version=_APP_VERSION))
    installed = Installed(client)
    if (refused := await installed.register()) is not None:
        return refused
    journey = Journey(installed, holder, origin=base, installation=client.installation)
    given = asks.visible(words("code"))
    try:
        return await (journey.follow if given.startswith(_LINK) else journey.run)(given)
    finally:
        await holder.put_away()


def shown(ending: Ending, asks: Asks) -> int:
    """How it ended, and the command's exit status."""
    match ending:
        case NotACode():
            asks.say(words("not_a_code"))
        case Refusal():
            asks.say(ending_words(ending.code))
        case PairingState():
            explained = ending.hint in EXPLAINED
            asks.say(words(ending.hint) if explained else ending_words(ending.hint))
            return 0 if ending.status == "complete" else 1
    return 1


def _safe(base: str) -> bool:
    parts = urlsplit(base)
    if parts.scheme == "https" and parts.hostname:
        return True
    with suppress(ValueError):
        host = parts.hostname or ""
        return parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    return False


def key_file(given: str) -> Path:
    """Where this desk keeps its own key."""
    if given:
        return Path(given)
    folder = Path.home() / ".config" / "kazasu"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "desk-device.pem"
