"""`kazasu card serve`: a test card on the virtual reader of pcscd."""

import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from kazasu.cli.cards.synthetic import named
from kazasu.demo.place import Place
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from stand_ins.card.apdu_log import line
from stand_ins.card.card_file import CardFile, CardFileInvalid, read_card
from stand_ins.card.software_card import SoftwareCard
from stand_ins.card.vpcd import VirtualSlot

_CONNECTS_WITHIN: Final = 10.0


def serve(*, name: str, vpcd: str, apdu_log: bool, data: str) -> int:
    """Until Ctrl-C, or until the reader is gone. 2 for a card or an address that cannot be used,
    3 when no reader listens there."""
    address = _loopback(vpcd)
    if address is None:
        say(f"--vpcd {vpcd}: HOST:PORT of this computer, such as 127.0.0.1:35963")
        return 2
    place = Place(folder=Path(data).resolve())
    if not named(place, name):
        return 2
    with complain():
        try:
            file = read_card(place.cards / f"{name}.json")
        except CardFileInvalid as wrong:
            say(str(wrong))
            return 2
        return _lies_there(address, name, file, logged=apdu_log)
    return 2


def _lies_there(address: tuple[str, int], name: str, file: CardFile, *, logged: bool) -> int:
    def heard(command: bytes, answer: bytes) -> None:
        if logged:
            print(line(command, answer), flush=True)

    try:
        connection = socket.create_connection(address, timeout=_CONNECTS_WITHIN)
    except OSError:
        say(f"no virtual reader at {address[0]}:{address[1]}; does pcscd run, with vpcd?")
        return 3
    connection.settimeout(None)
    with connection:
        print(f"{name} lies on the reader. Ctrl-C takes it away.", flush=True)
        try:
            VirtualSlot(connection, SoftwareCard(file), file.options, heard=heard).serve()
        except KeyboardInterrupt:
            return 0
        except OSError:
            pass
    say("the reader is gone")
    return 3


def _loopback(given: str) -> tuple[str, int] | None:
    host, _, port = given.rpartition(":")
    with suppress(ValueError):
        here = host == "localhost" or ip_address(host.strip("[]")).is_loopback
        if here and 0 < int(port) < 65536:
            return host.strip("[]"), int(port)
    return None
