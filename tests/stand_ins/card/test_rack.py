"""The rack by itself: who holds a card, for how long, and how slow the card is."""

import asyncio
from itertools import count

import pytest

from stand_ins.card.card_file import CardFile
from stand_ins.card.rack import CardInUse, NotInSlot, Rack
from tests.stand_ins.card.synthetic import PIN, card_file

AID = bytes.fromhex("00A4040C0AD392F000260100000001")
SIGN = bytes.fromhex("802A00800330310000")
OK = b"\x90\x00"


class Bench:
    """A rack with a clock that the test moves, and a card that waits until it is let go on."""

    def __init__(self, *cards: CardFile) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.waiting = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        tokens = count()
        self.files = {card.name: card for card in cards}
        self.rack = Rack(
            lambda: self.files,
            new_token=lambda: f"slot-{next(tokens)}",
            now=lambda: self.now,
            wait=self._wait,
            idle_seconds=30,
        )

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.waiting.set()
        await self.go_on.wait()


def slow() -> CardFile:
    return card_file(options={"delay_ms": 30, "signature_delay_ms": 90_000})


async def test_a_holder_that_says_nothing_has_left_the_field() -> None:
    bench = Bench(card_file())
    first = bench.rack.insert("valid").token
    bench.now = 29.0
    await bench.rack.transmit("valid", first, AID)
    bench.now = 58.0
    with pytest.raises(CardInUse):
        bench.rack.insert("valid")
    bench.now = 59.0
    second = bench.rack.insert("valid").token
    with pytest.raises(NotInSlot):
        await bench.rack.transmit("valid", first, AID)
    assert await bench.rack.transmit("valid", second, AID) == OK


async def test_the_next_holder_finds_nothing_open() -> None:
    bench = Bench(card_file(options={"keeps_state_on_select": True}))
    first = bench.rack.insert("valid").token
    verify = bytes.fromhex("0020009804") + PIN.encode()
    for command in (AID, verify):
        assert await bench.rack.transmit("valid", first, command) == OK
    bench.now = 30.0
    second = bench.rack.insert("valid").token
    for command in (AID, bytes.fromhex("00A4020C020017")):
        assert await bench.rack.transmit("valid", second, command) == OK
    assert (await bench.rack.transmit("valid", second, SIGN)).hex() == "6982"


async def test_a_slow_card_is_not_an_idle_holder() -> None:
    bench = Bench(slow())
    slot = bench.rack.insert("valid").token
    await bench.rack.transmit("valid", slot, AID)
    assert bench.waits == [0.03]
    bench.waiting.clear()
    bench.go_on.clear()
    signing = asyncio.create_task(bench.rack.transmit("valid", slot, SIGN))
    await bench.waiting.wait()
    bench.now = 90.0
    with pytest.raises(CardInUse):
        bench.rack.insert("valid")
    bench.go_on.set()
    assert (await signing).hex() == "6986"
    assert bench.waits == [0.03, 90.03]


@pytest.mark.parametrize("end", ["remove", "restore"])
async def test_a_card_taken_away_while_it_thinks_gives_no_answer(end: str) -> None:
    bench = Bench(slow())
    slot = bench.rack.insert("valid").token
    bench.go_on.clear()
    asking = asyncio.create_task(bench.rack.transmit("valid", slot, AID))
    await bench.waiting.wait()
    if end == "remove":
        bench.rack.remove("valid", slot)
    else:
        bench.rack.restore("valid")
    bench.go_on.set()
    with pytest.raises(NotInSlot):
        await asking


async def test_restore_takes_the_file_as_it_is_now() -> None:
    bench = Bench(card_file())
    bench.rack.cards()
    bench.files = {"valid": card_file(kind="android")}
    assert [card.kind for card in bench.rack.cards()] == ["card"]
    bench.rack.restore("valid")
    assert [card.kind for card in bench.rack.cards()] == ["android"]
    bench.files = {}
    bench.rack.restore("valid")  # its file is gone, the card in the slot is not
    slot = bench.rack.insert("valid").token
    assert await bench.rack.transmit("valid", slot, AID) == OK
