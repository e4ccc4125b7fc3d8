"""A card in a real reader, over PC/SC (pyscard, the extra `reader`), as a `Transmit`.

The card is held exclusively for one tap and left reset: pcscd keeps a card powered when one
program ends and the next begins, and what a PIN opened would be open to the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from companion_app.card.apdu import CardBusy, CardLost, Transmit

_LOOKS_A_SECOND: Final = 5


class NoReader(Exception):
    """No card can be read here. `code`: `not_installed` (the extra is missing), `no_service`
    (pcscd does not run), `no_reader`, or `other_reader` (none of that name; `names` has those)."""

    def __init__(self, code: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.names = names


class NoCard(Exception):
    """No card was put on the reader in time."""


def readers() -> tuple[str, ...]:
    """The names of the readers there are, with or without a card in them. `NoReader`."""
    scard = _library()
    context = _context(scard)
    try:
        return _names(scard, context)
    finally:
        scard.SCardReleaseContext(context)


@asynccontextmanager
async def held(
    name: str = "",
    *,
    seconds: float = 60.0,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Transmit]:
    """Wait for a card and hold it alone for one tap.

    `name` is a part of the reader's name; "" takes the first reader that has a card. `NoReader`,
    `NoCard` after `seconds`, `CardBusy` when another program holds it.
    """
    scard = _library()
    context = _context(scard)
    try:
        connected = await _wait_for_card(scard, context, name, seconds, pause)
        try:
            yield connected.transmit
        finally:
            scard.SCardDisconnect(connected.handle, scard.SCARD_RESET_CARD)
    finally:
        scard.SCardReleaseContext(context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connected:
    scard: Any
    handle: Any
    protocol: Any

    async def transmit(self, apdu: bytes) -> bytes:
        """A real card takes its time, so another thread waits for it."""
        outcome, answer = await asyncio.to_thread(
            self.scard.SCardTransmit, self.handle, self.protocol, list(apdu)
        )
        if outcome != self.scard.SCARD_S_SUCCESS:
            raise CardLost("the reader has lost the card")
        return bytes(byte & 0xFF for byte in answer)


def _library() -> Any:
    """Loaded when a reader is asked for: nothing else of the app needs it."""
    try:
        return import_module("smartcard.scard")
    except ImportError:
        raise NoReader("not_installed") from None


def _context(scard: Any) -> Any:
    outcome, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if outcome != scard.SCARD_S_SUCCESS:
        raise NoReader("no_service")
    return context


def _names(scard: Any, context: Any) -> tuple[str, ...]:
    outcome, names = scard.SCardListReaders(context, [])
    if outcome == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    if outcome != scard.SCARD_S_SUCCESS:
        raise NoReader("no_service")
    return tuple(names)


async def _wait_for_card(
    scard: Any,
    context: Any,
    name: str,
    seconds: float,
    pause: Callable[[float], Awaitable[None]],
) -> _Connected:
    for _ in range(max(1, round(seconds * _LOOKS_A_SECOND))):
        connected = _connect(scard, context, _chosen(_names(scard, context), name))
        if connected is not None:
            return connected
        await pause(1 / _LOOKS_A_SECOND)
    raise NoCard


def _chosen(names: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    found = tuple(name for name in names if wanted in name)
    if not found:
        raise NoReader("other_reader" if names else "no_reader", names)
    return found


def _connect(scard: Any, context: Any, names: tuple[str, ...]) -> _Connected | None:
    """The first of these readers with a card; None when none has one."""
    either = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    busy = False
    for name in names:
        outcome, handle, protocol = scard.SCardConnect(
            context, name, scard.SCARD_SHARE_EXCLUSIVE, either
        )
        if outcome == scard.SCARD_S_SUCCESS:
            block = protocol == scard.SCARD_PROTOCOL_T1
            kind = scard.SCARD_PCI_T1 if block else scard.SCARD_PCI_T0
            return _Connected(scard=scard, handle=handle, protocol=kind)
        busy = busy or outcome == scard.SCARD_E_SHARING_VIOLATION
    if busy:
        raise CardBusy
    return None
