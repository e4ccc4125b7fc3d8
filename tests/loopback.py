"""Refuses connections and name look-ups that would leave this computer.

An audit hook sees every socket of this interpreter, whichever library opened it. What it does not
see: child processes (ours listen and connect on loopback only), uvloop and libpq.
"""

import socket
import sys
from ipaddress import ip_address
from typing import Final

REFUSED: Final[list[str]] = []
_TO_AN_ADDRESS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_BY_NAME: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_INTERNET: Final = frozenset({socket.AF_INET, socket.AF_INET6})


class LeavesThisComputer(RuntimeError):
    """Not an OSError: nothing shall take it for an outage and try again."""


def guard() -> None:
    """For the rest of this process; an audit hook cannot be taken back."""
    sys.addaudithook(_hear)


def stays(host: object) -> bool:
    """True for loopback addresses, `localhost`, and nothing (which binds, or means this host)."""
    if host is None:
        return True
    name = host.decode("idna") if isinstance(host, bytes | bytearray) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _hear(event: str, args: tuple[object, ...]) -> None:
    if event in _TO_AN_ADDRESS:
        ours, address = args
        inside = not isinstance(ours, socket.socket) or ours.family not in _INTERNET
        if inside or not isinstance(address, tuple):
            return
        _refuse_unless_it_stays(address[0])
    elif event in _BY_NAME:
        _refuse_unless_it_stays(args[0])


def _refuse_unless_it_stays(host: object) -> None:
    if not stays(host):
        REFUSED.append(str(host))
        raise LeavesThisComputer(str(host))
