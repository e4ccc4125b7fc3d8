"""`kazasu card serve` and `kazasu card tap` with a real pcscd between them and the card."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.reader import held
from companion_app.card.tap import tap
from companion_app.device_key import DeviceKey
from companion_app.replies import ChoiceOfThree, Refusal
from identity.pairing.levels import IdentityLevel
from identity.pairing.outcomes import Hint
from identity.pairing.views import PairingView
from kazasu.cli.cards.at_reader import AtTheReader
from kazasu.cli.cards.tap import check, shown
from stand_ins.card.card_file import CardFile, read_card
from tests.companion_app_api.stage import ORIGIN, Stage, a_stage, issued
from tests.pcsc import VirtualReader
from tests.pcsc_inside import PORT
from tests.stand_ins.card.rack_process import write_cards
from tests.stand_ins.card.synthetic import document

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


def card_of(name: str) -> CardFile:
    return read_card(issued().folder / "cards" / f"{name}.json")


class Sitter:
    """Whoever sits at the desk: answers what is asked, and hears what is said."""

    def __init__(self, code: str, *secrets: str, who: str = "1") -> None:
        self._code = code
        self._secrets = list(secrets)
        self._who = who
        self.item = ""
        self.said: list[str] = []

    def visible(self, question: str) -> str:
        self.said.append(question)
        if "[1]" in question:
            return self._who
        if question.startswith(("電話で聞こえた番号はどれ", "Which one")):
            return self.item
        return "y" if "[y/N]" in question else self._code

    def unseen(self, question: str) -> str:
        self.said.append(question)
        return self._secrets.pop(0) if self._secrets else ""

    def say(self, line: str) -> None:
        self.said.append(line)


class OnThePhone(AtTheReader):
    """Hears the number in the call before picking it."""

    def __init__(self, sitter: Sitter, stage: Stage, call: PairingView) -> None:
        super().__init__(sitter, name="", seconds=60)
        self._sitter, self._stage, self._call = sitter, stage, call

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        self._sitter.item = await self._stage.item(self._call)
        return await super().pick(choice)


@pytest.mark.parametrize(
    ("card", "level", "secrets", "status", "hint"),
    [
        ("valid", "id_card_auth", ["1234"], 0, "verified"),
        ("valid-sign", "id_card_sign", ["kazasu123"], 0, "verified"),
        ("wrong-pin-2-left", "id_card_auth", ["12345", "1234", "1234"], 0, "verified"),
        ("pin-blocked", "id_card_auth", ["1234"], 1, "pin_blocked"),
        ("valid", "id_card_auth", ["9999", "9999", "1234"], 1, "pin_last_try"),
        ("valid", "id_card_auth", [], 1, "user_cancelled"),
    ],
)
async def test_a_call_is_checked_at_a_desk(
    reader: VirtualReader,
    stage: Stage,
    card: str,
    level: str,
    secrets: list[str],
    status: int,
    hint: str,
) -> None:
    call = await stage.a_call(require=IdentityLevel[level.upper()])
    sitter = Sitter(call.code, *secrets)
    with reader.holding(card_of(card)) as on_reader:
        async with stage.http() as http:
            desk = OnThePhone(sitter, stage, call)
            ending = await check(http, ORIGIN, DeviceKey.generate(), desk, sitter)
        spent = sum(1 for c in on_reader.commands if c[1] == 0x20 and len(c) > 5)
    assert shown(ending, sitter) == status
    assert (await stage.now(call)).hint is Hint(hint)
    heard = "".join(sitter.said).replace("03-1234-5678", "")
    assert not any(secret in heard for secret in secrets)
    assert spent <= 2  # never the last try


async def test_a_decline_is_asked_about_once_more(reader: VirtualReader, stage: Stage) -> None:
    call = await stage.a_call()
    sitter = Sitter(call.code, "1234", who="3")
    async with stage.http() as http:
        desk = OnThePhone(sitter, stage, call)
        ending = await check(http, ORIGIN, DeviceKey.generate(), desk, sitter)
    assert ending == Refusal(code="user_declined_call", http_status=422)
    assert shown(ending, sitter) == 1


async def test_serve_puts_a_card_on_the_reader(reader: VirtualReader, tmp_path: Path) -> None:
    cards = tmp_path / "pki" / "cards"
    cards.mkdir(parents=True)
    write_cards(cards, document())
    serving = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program, where vpcd listens
        reader.inside(
            *(sys.executable, "-m", "kazasu.cli.main", "card", "serve", "--apdu-log"),
            *("--vpcd", f"127.0.0.1:{PORT}", "--data", str(tmp_path)),
        ),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        await asyncio.to_thread(reader.wait_until_seen, 0, card=True)
        async with held() as transmit:
            trouble = await tap(
                transmit, key="auth", secret=lambda: "9876", build_message=lambda der: der
            )
        assert trouble == CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)
    finally:
        serving.send_signal(signal.SIGINT)
        said, _ = serving.communicate(timeout=60)
    reader.wait_until_seen(0, card=False)
    assert serving.returncode == 0
    assert "00200080 Lc=04 **** -> 63C2" in said
    assert "9876" not in said
    assert "39383736" not in said


TYPES = """
from kazasu.cli.terminal import NoTerminal, Terminal
try:
    print("heard", len(Terminal().unseen("PIN? ")))
except NoTerminal:
    print("no terminal")
"""


def test_what_is_typed_unseen_is_not_shown() -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", TYPES],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        cwd=ROOT,
    )
    os.close(theirs)
    shown = b""
    typed = False
    while b"heard 4\r\n" not in shown:
        shown += os.read(ours, 1000)
        if b"PIN? " in shown and not typed:
            typed = True
            os.write(ours, b"4071\n")
    assert b"4071" not in shown
    child.wait(timeout=60)
    os.close(ours)


def test_a_pin_from_a_pipe_is_refused() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", TYPES],
        input="4071\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
        start_new_session=True,
    )
    assert done.stdout == "no terminal\n"
