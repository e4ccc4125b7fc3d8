"""Text messages that the account has sent. Nobody gets them: they can be read here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

MOST_KEPT = 1000
# GSM 03.38 basic characters and extensions; anything else makes the whole message UCS-2.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("^{}\\[~]|€")


def segments(body: str) -> tuple[int, str]:
    """How many parts a message has (of 70 or 67 UCS-2 units, 160 or 153 GSM), and which."""
    if all(c in _GSM or c in _GSM_TWO for c in body):
        length, one, many, alphabet = len(body) + sum(c in _GSM_TWO for c in body), 160, 153, "GSM"
    else:
        length, one, many, alphabet = len(body.encode("utf-16-le")) // 2, 70, 67, "UCS-2"
    return (1 if length <= one else -(-length // many)), alphabet


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`sender` is a number or a name of up to 11 characters."""

    sid: str
    sender: str
    to_number: str
    body: str
    sent_at: datetime
    passed_over: tuple[str, ...] = ()
    """REST parameters that have no effect here."""

    def as_json(self) -> dict[str, object]:
        parts, alphabet = segments(self.body)
        return {
            "sid": self.sid,
            "from": self.sender,
            "to": self.to_number,
            "body": self.body,
            "sent_at": self.sent_at.isoformat(timespec="milliseconds"),
            "segments": parts,
            "alphabet": alphabet,
            "not_simulated": list(self.passed_over),
        }


@dataclass(slots=True)
class Messages:
    """Oldest first; the oldest are forgotten."""

    _sent: list[Message] = field(default_factory=list)

    def send(
        self, *, sender: str, to_number: str, body: str, passed_over: tuple[str, ...] = ()
    ) -> Message:
        message = Message(
            sid="SM" + secrets.token_hex(16),
            sender=sender,
            to_number=to_number,
            body=body,
            sent_at=datetime.now(UTC),
            passed_over=passed_over,
        )
        self._sent = [*self._sent, message][-MOST_KEPT:]
        return message

    def find(self, sid: str) -> Message | None:
        return next((message for message in self._sent if message.sid == sid), None)

    def all(self, *, to_number: str = "") -> list[Message]:
        return [m for m in self._sent if to_number in ("", m.to_number)]
