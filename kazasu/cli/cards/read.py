"""`kazasu card read`: what a card in a reader is, and by its PIN the text of its face.

Everything is shown and nothing else is done with it: no file, no log, no service is told.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from cryptography import x509

from companion_app.card import reader as card_reader
from companion_app.card.algorithms import algorithm_of
from companion_app.card.face_text import read_face_text
from companion_app.card.open_side import FreeCertificate, OpenSide, read_open_side
from companion_app.card.outcome import CardTrouble, FaceText
from companion_app.card.reader import NoReader
from kazasu.cli.cards.at_reader import AtTheReader, no_reader, told
from kazasu.cli.cards.words import words
from kazasu.cli.terminal import Asks, NoTerminal, Terminal
from kazasu.error_lines import complain_of_settings, one_line, say

_JAPAN: Final = timezone(timedelta(hours=9))
_SEXES: Final = ("1", "2", "9")
_NAMES: Final[dict[FreeCertificate, str]] = {
    "auth": "auth_certificate",
    "auth_ca": "auth_ca",
    "sign_ca": "sign_ca",
}


def read(*, reader: str, face: bool, wait: float) -> int:
    """0 when the card was read, 1 when it was not, 2 without a reader or a terminal."""
    if face and not sys.stdout.isatty():
        say(words("shown_only"))
        return 2
    terminal = Terminal()
    with complain_of_settings():
        try:
            card_reader.readers()
            holder = AtTheReader(terminal, name=reader, seconds=wait)
            return asyncio.run(look(holder, terminal, face=face))
        except NoReader as missing:
            say(no_reader(missing))
        except NoTerminal:
            say(words("no_terminal"))
        except KeyboardInterrupt:
            return 1
    return 2


async def look(holder: AtTheReader, asks: Asks, *, face: bool) -> int:
    """The PIN first, then the card, once."""
    secret = _typed(asks) if face else None
    if face and secret is None:
        asks.say(words("nothing"))
        return 1
    transmit = await holder.card()
    if transmit is None:
        return 1
    try:
        found = await read_open_side(transmit)
        text = await read_face_text(transmit, secret=secret) if secret else None
    finally:
        await holder.put_away()
    for line in (*_of_the_card(found), *_of_the_face(text)):
        asks.say(line)
    return 1 if isinstance(found, CardTrouble) or isinstance(text, CardTrouble) else 0


def _typed(asks: Asks) -> Callable[[], str] | None:
    entry = asks.unseen(words("input_support"))
    return (lambda: entry) if entry else None


def _of_the_card(found: OpenSide | CardTrouble) -> Iterator[str]:
    if isinstance(found, CardTrouble):
        yield told(found)
        return
    yield words(f"kind_{found.kind}")
    for which, name in _NAMES.items():
        if which not in found.certificates:
            yield words("not_there", which=words(name))
        elif (der := found.certificates[which]) is None:
            yield words("behind", which=words(name))
        else:
            yield words("free", which=words(name), facts=_facts(der))
    if "sign_ca" in found.certificates:
        yield words("sign_behind")


def _facts(der: bytes) -> str:
    """Key and validity of a certificate: nothing that is told of its holder, and no serial."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except ValueError:
        return words("unreadable")
    row = algorithm_of(der)
    key = words("other_key") if row is None else row.name
    return words("facts", key=key, begin=_day(begin), end=_day(end))


def _day(moment: datetime) -> str:
    return moment.astimezone(_JAPAN).strftime("%Y-%m-%d")


def _date(birth: str) -> str:
    """YYYYMMDD, parted; anything else as it stands there."""
    parted = len(birth) == 8 and birth.isdecimal()
    return f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if parted else birth


def _of_the_face(text: FaceText | CardTrouble | None) -> Iterator[str]:
    if isinstance(text, CardTrouble):
        yield told(text)
    elif text is not None:
        yield words(
            "face",
            name=one_line(text.name),
            address=one_line(text.address),
            birth=_date(one_line(text.birth)),
            sex=words(f"sex_{text.sex}") if text.sex in _SEXES else one_line(text.sex),
        )
