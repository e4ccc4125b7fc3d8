"""A software card in the virtual reader of vsmartcard's vpcd: any PC/SC program then sees it.

The reader listens, we dial. Over TCP: a length (16 bits, big-endian) and as many bytes. One byte
is a control (0 off, 1 on, 2 reset, 4 give the ATR; only 4 is answered), more are a command APDU,
answered by response and status word.
"""

import socket
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from stand_ins.card.card_file import CardOptions
from stand_ins.card.software_card import ATR, SoftwareCard

_OFF: Final = 0
_ON: Final = 1
_RESET: Final = 2
_GIVE_ATR: Final = 4
_SIGN: Final = 0x2A
_NO_POWER: Final = bytes.fromhex("6F00")
# Linux alone has it; elsewhere each command takes as long as a delayed acknowledgement.
_QUICK_ACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)

Heard: TypeAlias = Callable[[bytes, bytes], None]


class VirtualSlot:
    """One card in one slot of the reader, from insertion until the reader lets go.

    `heard` gets each command and its answer; `wait` is a sleep in seconds.
    """

    def __init__(
        self,
        connection: socket.socket,
        card: SoftwareCard,
        options: CardOptions,
        *,
        heard: Heard,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = connection
        self._card = card
        self._options = options
        self._heard = heard
        self._wait = wait
        self._powered = False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        card.power_off()

    def serve(self) -> None:
        """Answers until the reader closes; then the card has no power. OSError when it breaks."""
        try:
            while (message := self._message()) is not None:
                if len(message) > 1:
                    self._send(self._transmit(message))
                elif message:
                    self._control(message[0])
        finally:
            self._card.power_off()

    def _control(self, code: int) -> None:
        """The ATR may be asked for at any time: that is how the reader looks for a card."""
        if code == _GIVE_ATR:
            self._send(ATR)
        elif code in (_ON, _RESET):
            self._card.reset()
            self._powered = True
        elif code == _OFF:
            self._card.power_off()
            self._powered = False

    def _transmit(self, apdu: bytes) -> bytes:
        if not self._powered:
            return _NO_POWER
        delay = self._options.delay_ms
        if apdu[1] == _SIGN:
            delay += self._options.signature_delay_ms
        if delay:
            self._wait(delay / 1000)
        answer = self._card.transmit(apdu)
        self._heard(apdu, answer)
        return answer

    def _message(self) -> bytes | None:
        head = self._exactly(2)
        return None if head is None else self._exactly(int.from_bytes(head, "big"))

    def _exactly(self, count: int) -> bytes | None:
        """None when the reader has closed."""
        parts = bytearray()
        while len(parts) < count:
            if _QUICK_ACK is not None:
                # vpcd writes length and body apart and waits for our acknowledgement in between.
                self._connection.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
            part = self._connection.recv(count - len(parts))
            if not part:
                return None
            parts += part
        return bytes(parts)

    def _send(self, message: bytes) -> None:
        self._connection.sendall(len(message).to_bytes(2, "big") + message)
