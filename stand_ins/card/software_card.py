"""The software card: bytes in, bytes out, like a My Number Card with the JPKI and the input
support application.

Pure: no clock, no I/O. It is strict where real cards are not known: selecting the application
again drops what a PIN opened. Not answered (said in the guide): the visual and resident
applications, GET RESPONSE, CHANGE REFERENCE DATA, P1 P2 of `80 2A` other than `00 80`.
Nothing here was compared with a real card.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn, assert_never

from stand_ins.card import signing
from stand_ins.card.apdu import Command, Status, parse, response
from stand_ins.card.card_file import CardFile
from stand_ins.card.files import (
    Application,
    ElementaryFile,
    PrivateKey,
    Transparent,
    jpki_files,
)
from stand_ins.card.input_support import input_support_files
from stand_ins.card.pins import LONGEST, PinCounter

JPKI_AID = bytes.fromhex("D392F000260100000001")
INPUT_SUPPORT_AID = bytes.fromhex("D3921000310001010408")
# Listed as a contactless JPKI card; no client may recognise a card by it.
ATR = bytes.fromhex("3B8880010000 05E0B381A100 7F")


class CardOff(RuntimeError):
    """A command reached a card without power: a reader's mistake, no card can answer it."""


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


def _refuse(status: int) -> NoReturn:
    raise _Refused(status)


class SoftwareCard:
    """One card. PIN counters live as long as the object, verified states until reset."""

    def __init__(self, card: CardFile) -> None:
        self._options = card.options
        self._applications = _applications(card)
        self._powered = True
        self._selected: bytes | None = None
        self._current: ElementaryFile | None = None
        self._instructions: dict[tuple[int, int], Callable[[Command], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0x20): self._verify,
            (0x00, 0xB0): self._read_binary,
            (0x80, 0x2A): self._sign,
        }

    def transmit(self, apdu: bytes) -> bytes:
        """Command APDU -> response data and status word. Never raises for any bytes."""
        if not self._powered:
            raise CardOff
        try:
            return self._answer(apdu)
        except _Refused as refused:
            return response(refused.status)

    def reset(self) -> bytes:
        """Power up or warm reset. Returns the ATR."""
        self._forget()
        self._powered = True
        return ATR

    def power_off(self) -> None:
        """Leave the field. Counters stay."""
        self._forget()
        self._powered = False

    def __repr__(self) -> str:
        return f"<SoftwareCard powered={self._powered}>"

    def _forget(self) -> None:
        self._selected = None
        self._current = None
        self._drop_verified()

    def _drop_verified(self) -> None:
        for application in self._applications.values():
            for file in application.values():
                if isinstance(file, PinCounter):
                    file.verified = False

    def _answer(self, apdu: bytes) -> bytes:
        if len(apdu) < 4:
            _refuse(Status.WRONG_LENGTH)
        cla, ins = apdu[0], apdu[1]
        if cla not in {known for known, _ in self._instructions}:
            _refuse(Status.UNKNOWN_CLASS)
        if (cla, ins) not in self._instructions:
            _refuse(Status.UNKNOWN_INSTRUCTION)
        command = parse(apdu)
        if command is None:
            _refuse(Status.WRONG_LENGTH)
        return self._instructions[cla, ins](command)

    def _select(self, command: Command) -> bytes:
        match command.p1, command.p2:
            case 0x04, 0x0C:
                self._select_application(command.data)
            case 0x02, 0x0C:
                self._select_file(command.data)
            case _:
                _refuse(Status.WRONG_PARAMETERS)
        return response(Status.OK)

    def _select_application(self, aid: bytes) -> None:
        if aid not in self._applications:
            _refuse(Status.NOT_FOUND)
        if aid != self._selected or not self._options.keeps_state_on_select:
            self._drop_verified()
        self._selected = aid
        self._current = None

    def _select_file(self, file_id: bytes) -> None:
        if len(file_id) != 2:
            _refuse(Status.WRONG_LENGTH)
        self._make_current(int.from_bytes(file_id, "big"))

    def _make_current(self, file_id: int) -> None:
        files = self._applications[self._selected] if self._selected else {}
        if file_id not in files:
            _refuse(Status.NOT_FOUND)
        self._current = files[file_id]

    def _current_file(self) -> ElementaryFile:
        if self._current is None:
            _refuse(Status.NO_FILE_SELECTED)
        return self._current

    def _verify(self, command: Command) -> bytes:
        if command.p1 != 0 or command.p2 & 0xE0 != 0x80:
            _refuse(Status.WRONG_PARAMETERS)
        if len(command.data) > LONGEST or (command.data and command.le is not None):
            _refuse(Status.WRONG_LENGTH)
        if command.p2 & 0x1F:
            self._make_current(command.p2 & 0x1F)
        pin = self._current_file()
        if not isinstance(pin, PinCounter):
            _refuse(Status.WRONG_FILE_KIND)
        return response(pin.verify(command.data) if command.data else pin.status())

    def _read_binary(self, command: Command) -> bytes:
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                _refuse(Status.WRONG_PARAMETERS)
            offset = command.p2
        if command.data or command.le is None:
            _refuse(Status.WRONG_LENGTH)
        if command.p1 & 0x80:
            self._make_current(command.p1 & 0x1F)
        content = self._readable()
        if offset >= len(content):
            _refuse(Status.PAST_THE_END)
        most = min(command.le, self._options.short_reads or command.le)
        return response(Status.OK, content[offset : offset + most])

    def _readable(self) -> bytes:
        file = self._current_file()
        match file:
            case PinCounter() | PrivateKey():
                _refuse(Status.WRONG_FILE_KIND)
            case Transparent():
                if not file.open_now():
                    _refuse(Status.NOT_ALLOWED_YET)
                return file.content
            case _:
                assert_never(file)

    def _sign(self, command: Command) -> bytes:
        """Over what is given: a DigestInfo for RSA, a hash for a curve."""
        if (command.p1, command.p2) != (0x00, 0x80):
            _refuse(Status.WRONG_PARAMETERS)
        file = self._current_file()
        if not isinstance(file, PrivateKey):
            _refuse(Status.WRONG_FILE_KIND)
        form = self._options.curve_answer
        size = signing.longest_answer(file.key, form)
        if not signing.takes(file.key, len(command.data)):
            _refuse(Status.WRONG_LENGTH)
        if command.le is None:
            _refuse(Status.WRONG_LENGTH)
        if command.le < size:
            _refuse(0x6C00 | size & 0xFF)
        if not file.open_now():
            _refuse(Status.NOT_ALLOWED_YET)
        fresh = signing.sign(file.key, command.data, form)
        return response(Status.OK, self._options.replay or fresh)


def _applications(card: CardFile) -> Mapping[bytes, Application]:
    """By AID."""
    input_support = input_support_files(card)
    found = {JPKI_AID: jpki_files(card)}
    return found if input_support is None else {**found, INPUT_SUPPORT_AID: input_support}
