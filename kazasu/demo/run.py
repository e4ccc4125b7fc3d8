"""`kazasu demo`: service, fallback, carrier and cards as processes of their own, and the page."""

import asyncio
import json
import platform
import shutil
import signal
import socket
import webbrowser
from pathlib import Path
from typing import Final

from kazasu.demo import place as places
from kazasu.demo import set_up
from kazasu.demo.place import FOLDER, HOST, PAGE_OPERATOR, TERMINAL_OPERATOR, Place
from kazasu.demo.processes import DidNotStart, Processes, Program
from kazasu.said import complain, say
from kazasu.settings import load

FLOWS: Final = Path("flows")


def demo(*, port: int, open_browser: bool, speed: float, fresh: bool) -> int:
    """Until Ctrl-C or SIGTERM. 1 when a part did not start, 2 when the port is taken."""
    place = Place(folder=FOLDER.resolve())
    if fresh:
        shutil.rmtree(place.folder, ignore_errors=True)
    with complain():
        return asyncio.run(_demo(place, port, speed=speed, open_browser=open_browser))
    return 2


async def _demo(place: Place, port: int, *, speed: float, open_browser: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if not _free(port):
        say(f"port {port} is taken; name another one: kazasu demo --port {port + 1}")
        return 2
    processes = Processes()
    try:
        base = await start(processes, place, port, speed=speed)
        greet(place, base)
        if open_browser:
            webbrowser.open(f"{base}/demo")
        return await _until(stop, processes)
    except DidNotStart as failed:
        say(f"the {failed.name} did not start; its messages stand above")
        return 1
    finally:
        place.running.unlink(missing_ok=True)
        await processes.stop()


async def start(processes: Processes, place: Place, port: int, *, speed: float) -> str:
    """Everything up, in the order in which they need each other; the service's address."""
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    places.secrets_of(place)
    set_up.certificates(place)
    base = f"http://{HOST}:{port}"
    fallback = await processes.start(_fallback())
    carrier = await processes.start(_carrier(place, base, fallback, speed))
    cards = await processes.start(_cards(place, base, speed))
    variables = service_variables(place, base, port, carrier=carrier, cards=cards)
    settings = load(**{name: value for name, value in variables.items() if value})
    await set_up.database(settings, place)
    await processes.start(
        Program(name="service", module="kazasu.demo.service", variables=variables)
    )
    running = {
        "base": base,
        "carrier": f"http://{HOST}:{carrier}",
        "cards": f"http://{HOST}:{cards}",
        "speed": speed,
    }
    places.write_private(place.running, json.dumps(running))
    return base


def service_variables(
    place: Place, base: str, port: int, *, carrier: int, cards: int
) -> dict[str, str]:
    """The environment of the demo's service. Secrets lie in files of the demo's folder."""
    return {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": places.TENANT,
        "KAZASU_DATA_DIR": str(place.folder),
        "KAZASU_FLOWS_DIR": str(FLOWS.resolve()),
        "KAZASU_LOOKUPS_DIR": str(places.DATA / "lookups"),
        "KAZASU_SECRETS_DIR": str(place.secrets_dir),
        "TRUST_ANCHORS_DIR": str(place.pki / "anchors"),
        "KAZASU_CRL_DIR": str(place.pki / "crl"),
        "DATABASE_URL": place.database,
        "PUBLIC_BASE_URL": base,
        "KAZASU_LISTEN_HOST": HOST,
        "KAZASU_LISTEN_PORT": str(port),
        "KAZASU_FRAME_ANCESTOR": base,
        "TWILIO_API_BASE": f"http://{HOST}:{carrier}",
        "TWILIO_NUMBER": places.DIALLED,
        "KAZASU_DEMO_CARRIER": f"http://{HOST}:{carrier}",
        "KAZASU_DEMO_CARDS": f"http://{HOST}:{cards}",
    }


def greet(place: Place, base: str) -> None:
    print(
        f"✔ Python {platform.python_version()}   ✔ database: embedded (SQLite)   "
        f"✔ test PKI (expires in {set_up.CARDS_LAST.days} days)\n"
        "! DEMO profile: test certificates only, one computer only, never expose this port\n"
        f"→ open {base}/demo   operator: {PAGE_OPERATOR.login} / {place.password(PAGE_OPERATOR)}",
        flush=True,
    )


async def _until(stop: asyncio.Event, processes: Processes) -> int:
    asked = asyncio.ensure_future(stop.wait())
    fell = asyncio.ensure_future(processes.one_ended())
    await asyncio.wait({asked, fell}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if fell.done():
        say(f"the {fell.result()} ended by itself")
        return 1
    fell.cancel()
    return 0


def _fallback() -> Program:
    return Program(
        name="fallback",
        module="kazasu.cli.main",
        arguments=("fallback", "--port", "0"),
        variables={"KAZASU_FALLBACK_NUMBER": places.GENERAL_DESK},
    )


def _carrier(place: Place, base: str, fallback: int, speed: float) -> Program:
    door = f"{base}/carriers/twilio"
    number = f"{places.DIALLED}={door}/voice|http://{HOST}:{fallback}/|{door}/status"
    phones = (PAGE_OPERATOR.phone, TERMINAL_OPERATOR.phone, places.GENERAL_DESK)
    return Program(
        name="carrier",
        module="stand_ins.carrier",
        arguments=(
            *("--credentials-file", str(place.credentials)),
            *("--token-file", str(place.carrier_token)),
            *("--number", number),
            *(part for phone in phones for part in ("--phone", phone)),
            *("--origin", base, "--speed", str(speed)),
        ),
    )


def _cards(place: Place, base: str, speed: float) -> Program:
    return Program(
        name="card rack",
        module="stand_ins.card",
        arguments=(
            *("--cards", str(place.cards)),
            *("--token-file", str(place.card_token)),
            *("--origin", base, "--speed", str(speed)),
        ),
    )


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
