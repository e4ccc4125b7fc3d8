"""What a caller hears of a document: drawn as TwiML, played by the stand-in carrier's player."""

import asyncio
import inspect
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit

from ivr.carriers.twilio.twiml import DocumentSettings, render
from ivr.flow_engine.voice_actions import Document
from ivr.live_calls.answers import Draw
from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.calls.performance import Performance
from stand_ins.carrier.clock import CallClock, Pace
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.faults import Faults
from stand_ins.carrier.settings import Credentials
from stand_ins.carrier.timeline import Entry, Feed, Timeline
from stand_ins.carrier.twiml.document import parse
from stand_ins.carrier.twiml.page import Page
from stand_ins.carrier.twiml.speech_length import morae_of, words_of
from stand_ins.carrier.webhooks.delivery import Delivery
from stand_ins.carrier.webhooks.sender import Sender
from stand_ins.carrier.webhooks.signer import Signer

T = TypeVar("T")
_BASE: Final = "http://simulated.invalid"
_PLAYED: Final = ("Say", "Play", "Pause", "Gather")  # what follows them is told by the engine
_SECRET: Final = "no request is ever signed here"  # noqa: S105  # nothing leaves this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """`kind` is say, play, pause, listen or error; `seconds` of it, `morae` and `words` of a
    Say."""

    kind: str
    text: str
    seconds: float
    morae: int = 0
    words: int = 0


class _At(CallClock):
    """A clock that is where the call is: nobody waits for speech, and silence is silent at once."""

    __slots__ = ("_passed",)

    def __init__(self) -> None:
        super().__init__(Pace())
        self._passed = 0.0

    def now(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self._passed += seconds

    async def within(self, seconds: float, thing: Awaitable[T]) -> T | None:
        if inspect.iscoroutine(thing):
            thing.close()
        self._passed += seconds
        return None


class _Folder(Sender):
    """Recordings come from the flows folder; nothing else is ever asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Signer(_SECRET))
        self._folder = folder.resolve()

    async def media(self, url: str) -> bytes | None:
        path = (self._folder / unquote(urlsplit(url).path).lstrip("/")).resolve()
        inside = path.is_relative_to(self._folder) and path.is_file()
        return path.read_bytes() if inside else None


class Earpiece:
    """`sounds` are the seconds of each recording, by its path below the flows folder."""

    def __init__(self, folder: Path, sounds: Mapping[str, float]) -> None:
        self._folder = folder
        self._documents = DocumentSettings(public_base=_BASE, sounds=sounds)

    def hear(self, document: Document, n: int) -> tuple[Sound, ...]:
        """In order; repetitions of one sound are one."""
        twiml = render(Draw(document=document, n=n), self._documents).decode()
        return asyncio.run(self._played(twiml))

    async def _played(self, twiml: str) -> tuple[Sound, ...]:
        pace, faults = Pace(), Faults()
        exchange = Exchange(
            credentials=Credentials(account_sid="AC" + "0" * 32, auth_token=_SECRET),
            pace=pace,
            faults=faults,
            delivery=Delivery(_Folder(self._folder), faults, pace),
        )
        clock = _At()
        call = Call(
            sid="CA" + "0" * 32,
            account_sid=exchange.credentials.account_sid,
            from_number="",
            to_number="",
            direction="inbound",
            clock=clock,
            timeline=Timeline("", clock.now, Feed()),
            status="in-progress",
        )
        stage = Performance(exchange, call)
        stage.page = Page(f"{_BASE}/")
        try:
            await stage.verbs([verb for verb in parse(twiml) if verb.tag in _PLAYED])
        finally:
            await exchange.close()
        return _sounds(call.timeline.entries)


def _sounds(entries: Sequence[Entry]) -> tuple[Sound, ...]:
    found: list[Sound] = []
    for entry in entries:
        sound = _sound(entry)
        if sound is None:
            continue
        last = found[-1] if found else None
        if (
            last is not None
            and sound.kind == "play"
            and (last.kind, last.text)
            == (
                sound.kind,
                sound.text,
            )
        ):
            seconds = last.seconds + sound.seconds
            found[-1] = Sound(kind=last.kind, text=last.text, seconds=seconds)
        else:
            found.append(sound)
    return tuple(found)


def _sound(entry: Entry) -> Sound | None:
    given = entry.details.get("seconds", 0.0)
    seconds = float(given) if isinstance(given, int | float) else 0.0
    if entry.kind == "say":
        text = entry.text
        morae, words = morae_of(text), words_of(text)
        return Sound(kind="say", text=text, seconds=seconds, morae=morae, words=words)
    if entry.kind == "play":
        name = unquote(urlsplit(entry.text).path).lstrip("/")
        return Sound(kind="play", text=name, seconds=seconds)
    if entry.kind in ("pause", "listen", "error"):
        return Sound(kind=entry.kind, text=entry.text, seconds=seconds)
    return None
