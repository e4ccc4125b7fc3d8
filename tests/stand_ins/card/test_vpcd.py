"""The virtual reader's protocol, byte for byte, over a real socket."""

import socket
import threading
from collections.abc import Iterator

import pytest

from stand_ins.card.software_card import ATR, SoftwareCard
from stand_ins.card.vpcd import VirtualSlot
from tests.stand_ins.card.synthetic import PIN, card_file

OFF, ON, RESET, GIVE_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
AID = bytes.fromhex("00A4040C0AD392F000260100000001")
PIN_FILE = bytes.fromhex("00A4020C020018")
STATUS = bytes.fromhex("00200080")
GOOD, WRONG = STATUS + b"\x04" + PIN.encode(), STATUS + b"\x04" + b"0000"
KEY, SIGN = bytes.fromhex("00A4020C020017"), bytes.fromhex("802A008003303100") + b"\x00"


class Reader:
    """vpcd's side: length and body in two writes, as it does; what it awaits an answer for."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def tell(self, message: bytes) -> None:
        self.connection.sendall(len(message).to_bytes(2, "big"))
        self.connection.sendall(message)

    def ask(self, message: bytes) -> bytes:
        self.tell(message)
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def words(self, *commands: bytes) -> list[str]:
        return [self.ask(command)[-2:].hex().upper() for command in commands]

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            part = self.connection.recv(count - len(got))
            assert part, "the card's side closed"
            got += part
        return got


class Slot:
    """A card in the reader; `heard` and `waited` are what its program saw."""

    def __init__(self, card: SoftwareCard | None = None, **options: int) -> None:
        file = card_file(options=options)
        self.heard: list[tuple[bytes, bytes]] = []
        self.waited: list[float] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = socket.create_connection(listener.getsockname(), timeout=60)
            theirs, _ = listener.accept()
        theirs.settimeout(60)
        self.reader = Reader(theirs)
        self._ours = ours
        self._slot = VirtualSlot(
            ours,
            card or SoftwareCard(file),
            file.options,
            heard=lambda command, answer: self.heard.append((command, answer)),
            wait=self.waited.append,
        )
        self._thread = threading.Thread(target=self._slot.serve)
        self._thread.start()

    def close(self) -> None:
        """The reader lets go; the card's program ends by itself."""
        self.reader.connection.close()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()
        self._ours.close()


@pytest.fixture
def slot() -> Iterator[Slot]:
    slot = Slot()
    yield slot
    slot.close()


def test_the_atr_is_given_at_any_time_and_changes_nothing(slot: Slot) -> None:
    assert slot.reader.ask(GIVE_ATR) == ATR
    slot.reader.tell(ON)
    assert slot.reader.words(AID, PIN_FILE, GOOD) == ["9000"] * 3
    assert slot.reader.ask(GIVE_ATR) == ATR
    assert slot.reader.words(KEY, SIGN) == ["9000"] * 2


@pytest.mark.parametrize("controls", [[RESET], [OFF, ON], [ON], [OFF, RESET]])
def test_power_and_reset_close_what_a_pin_opened(slot: Slot, controls: list[bytes]) -> None:
    slot.reader.tell(ON)
    assert slot.reader.words(AID, PIN_FILE, WRONG, GOOD, WRONG) == [
        *["9000"] * 2,
        *["63C2", "9000", "63C2"],
    ]
    for control in controls:
        slot.reader.tell(control)
    assert slot.reader.words(KEY) == ["6A82"]
    assert slot.reader.words(AID, KEY, SIGN) == ["9000", "9000", "6982"]
    assert slot.reader.words(PIN_FILE, STATUS) == ["9000", "63C2"]


def test_without_power_no_command_is_answered_by_the_card(slot: Slot) -> None:
    assert slot.reader.words(AID) == ["6F00"]
    slot.reader.tell(ON)
    slot.reader.tell(OFF)
    assert slot.reader.words(AID) == ["6F00"]
    assert slot.heard == []


def test_unknown_controls_and_empty_messages_are_passed_over(slot: Slot) -> None:
    for odd in (b"", b"\x03", b"\xff"):
        slot.reader.tell(odd)
    assert slot.reader.ask(GIVE_ATR) == ATR


def test_long_reads_pass(slot: Slot) -> None:
    slot.reader.tell(ON)
    slot.reader.words(AID, bytes.fromhex("00A4020C02000A"))
    whole = slot.reader.ask(bytes.fromhex("00B00000000000"))
    assert len(whole) > 512
    assert whole[-2:] == b"\x90\x00"


def test_the_program_hears_each_command_and_waits_as_the_card_says() -> None:
    slot = Slot(delay_ms=30, signature_delay_ms=500)
    slot.reader.tell(ON)
    slot.reader.words(AID, SIGN)
    slot.close()
    assert [command for command, _ in slot.heard] == [AID, SIGN]
    assert slot.waited == [0.03, 0.53]


def test_the_card_keeps_its_counters_from_one_reader_to_the_next() -> None:
    card = SoftwareCard(card_file())
    for expected in ("63C2", "63C1"):
        slot = Slot(card)
        slot.reader.tell(ON)
        assert slot.reader.words(AID, PIN_FILE, WRONG)[-1] == expected
        slot.close()
