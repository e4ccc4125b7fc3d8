"""No code of ours ever asks a card for the individual number: heard by every software card.

EF 0001 and 0014 of the input support application hold it; no card of ours has them, and its law
leaves an identity check no business there. Cards in this process are heard directly, those of
child processes by `tests/child_processes/sitecustomize.py`, which leaves a note in a folder.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from stand_ins.card.software_card import SoftwareCard

INPUT_SUPPORT: Final = bytes.fromhex("D3921000310001010408")
NUMBER_FILES: Final = frozenset({0x01, 0x14})
FOLDER_VARIABLE: Final = "CARDS_HEARD_IN"

_CHILDREN: Final = Path(__file__).parent / "child_processes"
_on_purpose = False


@contextmanager
def asked_on_purpose() -> Iterator[None]:
    """For tests of the card itself, which has to refuse it."""
    global _on_purpose  # noqa: PLW0603 - the cards of this process have no other way to know
    _on_purpose = True
    try:
        yield
    finally:
        _on_purpose = False


class Hearing:
    """The commands that one card gets: which application is selected, and what is asked of it."""

    def __init__(self) -> None:
        self._application = b""

    def asks_for_it(self, apdu: bytes) -> bool:
        if len(apdu) < 4:
            return False
        _, instruction, p1, p2 = apdu[:4]
        if instruction == 0xA4 and p1 == 0x04:
            self._application = apdu[5:]
        if not self._application.startswith(INPUT_SUPPORT):
            return False
        match instruction:
            case 0xA4:
                return p1 != 0x04 and int.from_bytes(apdu[5:7], "big") in NUMBER_FILES
            case 0xB0:
                return bool(p1 & 0x80) and p1 & 0x1F in NUMBER_FILES
            case 0x20:
                return p2 & 0x1F in NUMBER_FILES
        return False


def hear(card_class: Any, note: "Note") -> None:
    """Every card of this class, made before or later, is heard from now on."""
    original = card_class.transmit

    def transmit(card: Any, apdu: bytes) -> bytes:
        hearing: Hearing = card.__dict__.setdefault("_heard_by_tests", Hearing())
        if hearing.asks_for_it(apdu) and not _on_purpose:
            note(apdu[:4].hex())
        answer: bytes = original(card, apdu)
        return answer

    card_class.transmit = transmit


class Note:
    """Remembers a header; with a folder, also for the process that started this one."""

    def __init__(self, folder: Path | None = None, name: str = "") -> None:
        self.asked: list[str] = []
        self._file = folder / name if folder else None

    def __call__(self, header: str) -> None:
        self.asked.append(header)
        if self._file is not None:
            self._file.write_text("\n".join(self.asked))


@contextmanager
def heard_everywhere(folder: Path) -> Iterator[Callable[[], list[str]]]:
    """The cards of this process and of those it starts from here on; what they were asked."""
    note = Note()
    hear(SoftwareCard, note)
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", FOLDER_VARIABLE)}
    paths = [str(_CHILDREN), *filter(None, [before["PYTHONPATH"]])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        yield lambda: [*note.asked, *(path.read_text() for path in sorted(folder.iterdir()))]
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})
