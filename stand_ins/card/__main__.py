"""`python -m stand_ins.card --cards DIR`: the rack of synthetic cards, a process of its own.

Listens on 127.0.0.1 only. The first line on stdout is JSON, `{"event":"listening","port":N}`;
it carries the token too when no `--token-file` was given. SIGTERM and SIGINT end it within a
second, whatever a card is doing.
"""

import argparse
import asyncio
import json
import logging
import secrets
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from stand_ins.card.card_file import CardFile, CardFileInvalid, read_card
from stand_ins.card.gate import Gate
from stand_ins.card.rack import Rack
from stand_ins.card.server import create_app
from stand_ins.whole_files import write_private

IDLE_SECONDS = 30.0


def main() -> None:
    """Read the cards, bind, say where, serve."""
    options = _options()
    if options.apdu_log:
        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        logging.getLogger("stand_ins.card.apdu").setLevel(logging.INFO)
    try:
        rack = _rack(options.cards, options.speed)
    except CardFileInvalid as error:
        sys.exit(f"card file: {error}")
    token = secrets.token_urlsafe(32)
    if options.token_file:
        write_private(options.token_file, token.encode())
    listener = socket.create_server(("127.0.0.1", options.port), backlog=64)
    port: int = listener.getsockname()[1]
    hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
    app = create_app(rack, Gate(origin=options.origin, token=token, hosts=hosts))
    _say({"event": "listening", "port": port} | ({} if options.token_file else {"token": token}))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stand_ins.card", description=__doc__)
    parser.add_argument("--cards", type=Path, required=True, help="folder of card files (*.json)")
    parser.add_argument("--port", type=int, default=0, help="0 = any free port")
    parser.add_argument("--origin", type=_origin, default="http://127.0.0.1:8080")
    parser.add_argument("--speed", type=_speed, default=1.0, help="divides the cards' delays")
    parser.add_argument("--token-file", type=Path, help="written readable by its owner only")
    parser.add_argument("--apdu-log", action="store_true", help="masked APDUs on stderr")
    return parser.parse_args()


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or text != f"{parts.scheme}://{parts.netloc}":
        raise argparse.ArgumentTypeError("an origin is scheme://host:port and nothing more")
    return text


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 1000:
        raise argparse.ArgumentTypeError("a speed is more than 0 and at most 1000")
    return speed


def _rack(folder: Path, speed: float) -> Rack:
    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds / speed)

    if not read_folder(folder, _raise):
        raise CardFileInvalid(f"no *.json in {folder}")
    return Rack(
        lambda: read_folder(folder, _warn),
        new_token=lambda: secrets.token_urlsafe(16),
        now=time.monotonic,
        wait=wait,
        idle_seconds=IDLE_SECONDS,
    )


def read_folder(folder: Path, on_bad: Callable[[CardFileInvalid], None]) -> Mapping[str, CardFile]:
    """Every card in the folder by name; `on_bad` hears of each file that is none or a second."""
    cards: dict[str, CardFile] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            card = read_card(path)
            if card.name in cards:
                raise CardFileInvalid(f"{path.name}: name: {card.name} is in another file too")
            cards[card.name] = card
        except CardFileInvalid as error:
            on_bad(error)
    return cards


def _raise(error: CardFileInvalid) -> None:
    raise error


def _warn(error: CardFileInvalid) -> None:
    """A file added while this runs must not take the other cards away."""
    logging.getLogger("stand_ins.card").warning("card file: %s", error)


def _say(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
