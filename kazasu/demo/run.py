"""`kazasu demo`: service, fallback, carrier and cards as processes of their own, and the page."""

import asyncio
import json
import platform
import signal
import socket
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx2

from kazasu.demo import place as places
from kazasu.demo import programs, set_up
from kazasu.demo.place import HOST, PAGE_OPERATOR, Place
from kazasu.demo.processes import DidNotStart, Processes
from kazasu.demo.programs import Ports
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.environment import load

_SHIPPED_FLOWS: Final = Path(__file__).parents[2] / "flows"
_OTHERS_START: Final = 60.0
_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def demo(
    *,
    port: int,
    open_browser: bool,
    speed: float,
    fresh: bool,
    data: str,
    flows: str,
    keyed_codes: bool,
    published: bool,
) -> int:
    """Until Ctrl-C or SIGTERM. 1 when a part did not start, 2 when it cannot be started here."""
    place = Place(folder=Path(data).resolve())
    options = programs.KEYED_CODES if keyed_codes else {}
    with complain():
        return asyncio.run(
            _demo(
                place,
                flows_folder(flows),
                port,
                speed=speed,
                open_browser=open_browser,
                fresh=fresh,
                options={**options, **(programs.PUBLISHED if published else {})},
            )
        )
    return 2


def flows_folder(given: str) -> Path:
    """Those named, else those here, else the shipped ones."""
    here = Path("flows")
    return Path(given).resolve() if given else (here if here.is_dir() else _SHIPPED_FLOWS).resolve()


async def _demo(
    place: Place,
    flows: Path,
    port: int,
    *,
    speed: float,
    open_browser: bool,
    fresh: bool,
    options: Mapping[str, str],
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOPS:
        loop.add_signal_handler(number, stop.set)
    with place.alone() as alone:
        if not alone:
            say(await _already(place))
            return 2
        if port and not _free(port):
            say(
                f"port {port} is taken; name another one, or 0 for a free one: kazasu demo --port 0"
            )
            return 2
        if fresh:
            place.forget()
        processes = Processes()
        up = start(processes, place, flows, port, speed=speed, options=options)
        starting = asyncio.ensure_future(up)
        try:
            base = await _unless(stop, starting)
            if base is None:
                return 0
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


async def start(
    processes: Processes,
    place: Place,
    flows: Path,
    port: int,
    *,
    speed: float,
    options: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Everything up, as much as possible at once; the service's address.

    `options` are settings of the service beside those of every demo.
    """
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    places.secrets_of(place)
    base = f"http://{HOST}:{port or _free_port()}"
    ports = Ports(
        fallback=_free_port(), carrier=_free_port(), cards=_free_port(), time_stamps=_free_port()
    )
    set_up.evidence_keys(place)
    stamped = set_up.time_stamps(place)
    variables = {
        **programs.service_variables(place, flows, base, ports),
        **(programs.stamped(place, ports) if stamped else {}),
        **options,
    }
    places.write_private(place.environment, programs.as_shell(variables))

    async def with_certificates() -> None:
        await asyncio.to_thread(set_up.certificates, place)
        await asyncio.gather(
            processes.start(programs.cards(place, base, ports, speed)), with_database()
        )

    async def with_database() -> None:
        set_up.sounds(load(**variables))
        await set_up.database(load(**variables), place)
        await processes.start(programs.service(variables, ports))

    authority = (programs.time_stamps(place, ports),) if stamped else ()
    await asyncio.gather(
        *(processes.start(one) for one in authority),
        processes.start(programs.fallback(ports.fallback)),
        processes.start(programs.carrier(place, base, ports, speed)),
        with_certificates(),
    )
    running = {
        "base": base,
        "carrier": ports.carrier_base,
        "cards": ports.cards_base,
        "speed": speed,
        "options": dict(options),
    }
    places.write_private(place.running, json.dumps(running))
    return base


async def _already(place: Place) -> str:
    there = await running_demo(place)
    its_page = f": {there['base']}/demo" if there else ""
    return f"a demo runs in {place.folder} already{its_page}; another one needs another --data"


async def running_demo(place: Place) -> Mapping[str, Any] | None:
    """The addresses of this folder's demo, when it answers: a killed one leaves its file behind."""
    try:
        running: Mapping[str, Any] = json.loads(place.running.read_text(encoding="utf-8"))
        async with httpx2.AsyncClient(trust_env=False, timeout=3.0) as http:
            (await http.get(f"{running['base']}/livez")).raise_for_status()
    except (OSError, ValueError, KeyError, httpx2.HTTPError):
        return None
    return running


@asynccontextmanager
async def some_demo(place: Place, *, speed: float | None) -> AsyncIterator[Mapping[str, Any]]:
    """The one that runs or is starting, else one of its own, which ends with the block.

    DidNotStart; TimeoutError when another one holds the folder and does not come up.
    """
    with place.alone() as alone:
        if not alone:
            yield await _coming_up(place)
            return
        processes = Processes()
        try:
            await start(processes, place, flows_folder(""), 0, speed=speed or 1.0)
            yield json.loads(place.running.read_text(encoding="utf-8"))
        finally:
            place.running.unlink(missing_ok=True)
            await processes.stop()


async def _coming_up(place: Place) -> Mapping[str, Any]:
    async with asyncio.timeout(_OTHERS_START):
        while (there := await running_demo(place)) is None:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.2)
    return there


def options_of(place: Place) -> Mapping[str, str]:
    """With which settings beside those of every demo this folder's runs; none when none runs."""
    try:
        running: Mapping[str, Any] = json.loads(place.running.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    options: Mapping[str, str] = running.get("options", {})
    return options


def greet(place: Place, base: str) -> None:
    print(
        f"✔ Python {platform.python_version()}   ✔ database: embedded (SQLite)   "
        f"✔ test PKI (expires in {set_up.CARDS_LAST.days} days)\n"
        "! DEMO profile: test certificates only, one computer only, never expose this port\n"
        f"→ open {base}/demo   operator: {PAGE_OPERATOR.login} / {place.password(PAGE_OPERATOR)}",
        flush=True,
    )


async def _unless(stop: asyncio.Event, starting: "asyncio.Future[str]") -> str | None:
    """The address once all is up; None when it was asked to stop before."""
    asked = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[Any]] = {asked, starting}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if starting.done():
        return starting.result()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    return None


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


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    """The address is part of what is signed and asked for, so it is chosen before it is bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
