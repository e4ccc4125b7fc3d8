"""What is being written, heard on a wire: the words of PostgreSQL, of Redis and of the carrier.

A write is named when the piece passes that makes it durable (a COMMIT, a command), and again when
the answer to that piece comes back. Only what passes on the wire is looked at; nothing in the
service knows that anybody listens.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

CALL_ROW: Final = "the call's row"
SESSION: Final = "the session"
CHECK: Final = "the check"
CLAIM: Final = "the claim"
VERDICT: Final = "the verdict"
PLACE: Final = "the place in the queue"
COMMAND: Final = "the command to the carrier"
WRITES: Final = (CALL_ROW, SESSION, CHECK, CLAIM, VERDICT, PLACE, COMMAND)

Writes = frozenset[str]
_NONE: Final[Writes] = frozenset()
_STARTUP_WORDS: Final = frozenset({80877103, 80877104})
"""SSLRequest and GSSENCRequest, which come before the start-up message."""
_LONGEST: Final = 64 * 1024 * 1024


class Ear(Protocol):
    """One connection, from its first byte on."""

    def there(self, piece: bytes) -> Writes:
        """What becomes durable when this piece reaches the server."""
        ...


@dataclass(slots=True)
class SqlEar:
    """The frontend's side of PostgreSQL's protocol 3: statements by text or by prepared name."""

    _rest: bytearray = field(default_factory=bytearray)
    _started: bool = False
    _deaf: bool = False
    _texts: dict[bytes, bytes] = field(default_factory=dict)
    _transaction: set[str] = field(default_factory=set)

    def there(self, piece: bytes) -> Writes:
        found: set[str] = set()
        if not self._deaf:
            self._rest += piece
            for kind, body in self._messages():
                found |= self._message(kind, body)
        return frozenset(found)

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Whole ones; what is not of this protocol (bits were turned) is listened to no more."""
        while len(self._rest) >= 5:
            at = 1 if self._started else 0
            (length,) = struct.unpack_from("!I", self._rest, at)
            if not (4 if self._started else 8) <= length <= _LONGEST:
                self._deaf = True
                return
            if len(self._rest) < at + length:
                return
            kind, body = bytes(self._rest[:at]), bytes(self._rest[at + 4 : at + length])
            del self._rest[: at + length]
            if not self._started:
                self._started = struct.unpack_from("!I", body)[0] not in _STARTUP_WORDS
                continue
            yield kind, body

    def _message(self, kind: bytes, body: bytes) -> Writes:
        if kind == b"Q":
            return self._statement(body.rstrip(b"\0"), b"")
        if kind == b"P":
            name, text = body.split(b"\0", 2)[:2]
            self._texts[name] = text
        elif kind == b"B":
            name = body.split(b"\0", 2)[1]
            return self._statement(self._texts.get(name, b""), body)
        return _NONE

    def _statement(self, text: bytes, values: bytes) -> Writes:
        word = text.lstrip()[:8].upper()
        if word.startswith((b"BEGIN", b"ROLLBACK")) and not text.upper().startswith(b"ROLLBACK TO"):
            self._transaction.clear()
        elif word.startswith(b"COMMIT"):
            done = frozenset(self._transaction)
            self._transaction.clear()
            return done
        else:
            self._transaction |= _written(text, values)
        return _NONE


_BY_TABLE: Final = (
    (re.compile(rb"\s*INSERT INTO calls\b"), CALL_ROW),
    (re.compile(rb"\s*(INSERT INTO|UPDATE) sessions\b"), SESSION),
    (re.compile(rb"\s*INSERT INTO pairings\b"), CHECK),
    (re.compile(rb"\s*INSERT INTO waiting_calls\b"), PLACE),
)
_NEWS: Final = re.compile(rb"\s*INSERT INTO outbox\b")
_BY_NEWS: Final = ((b'"hint": "awaiting_call_confirm"', CLAIM), (b'"status": "complete"', VERDICT))


def _written(text: bytes, values: bytes) -> set[str]:
    """A claim and a verdict are changes of a pairing's row like others: their news tells them."""
    found = {name for pattern, name in _BY_TABLE if pattern.match(text)}
    if _NEWS.match(text):
        found |= {name for said, name in _BY_NEWS if said in values}
    return found


_SAVE: Final = re.compile(
    rb"\*\d+\r\n\$7\r\nEVALSHA\r\n\$40\r\n[0-9a-f]{40}\r\n\$1\r\n1\r\n\$\d+\r\n[^\r]*:call:"
)
"""A script with one key, of a call: the one that loads has two."""
_COMMAND: Final = re.compile(rb"POST /2010-04-01/Accounts/[^/ ]+/Calls/CA[0-9a-f]+\.json ")


class RedisEar:
    def there(self, piece: bytes) -> Writes:
        return frozenset({SESSION}) if _SAVE.match(piece) else _NONE


class CarrierEar:
    def there(self, piece: bytes) -> Writes:
        return frozenset({COMMAND}) if _COMMAND.match(piece) else _NONE


EARS: Final[dict[str, type[SqlEar] | type[RedisEar] | type[CarrierEar]]] = {
    "sql": SqlEar,
    "redis": RedisEar,
    "rest": CarrierEar,
}
"""By the wire's name; on others nobody listens."""
