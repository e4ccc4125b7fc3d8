"""Simulated telephones: the caller's, and those of the operators that the carrier rings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

DEFAULT_ANSWER_AFTER = 1.0


@dataclass(slots=True, kw_only=True)
class Phone:
    """One telephone. `auto_answer`: carrier seconds of ringing before it answers; None never."""

    number: str
    auto_answer: float | None = None
    ringing: str | None = None
    talking: str | None = None
    _decision: asyncio.Future[bool] | None = field(default=None, repr=False)

    @property
    def busy(self) -> bool:
        return self.ringing is not None or self.talking is not None

    def ring(self, call_sid: str) -> asyncio.Future[bool]:
        """Begin to ring; the future is True when answered, False when declined."""
        self.ringing = call_sid
        self._decision = asyncio.get_running_loop().create_future()
        return self._decision

    def decide(self, *, answer: bool) -> bool:
        """Answer or decline; False when it is not ringing."""
        if self._decision is None or self._decision.done():
            return False
        self._decision.set_result(answer)
        return True

    def decide_for(self, call_sid: str) -> None:
        """Answer, if it is still this call that rings."""
        if self.ringing == call_sid:
            self.decide(answer=True)

    def picked_up(self, call_sid: str) -> None:
        self.ringing, self.talking, self._decision = None, call_sid, None

    def quiet(self, call_sid: str) -> None:
        """The call is over for this telephone."""
        if self.ringing == call_sid:
            self.ringing, self._decision = None, None
        if self.talking == call_sid:
            self.talking = None

    def as_json(self) -> dict[str, object]:
        return {
            "number": self.number,
            "auto_answer": self.auto_answer,
            "state": "talking" if self.talking else "ringing" if self.ringing else "idle",
            "call_sid": self.talking or self.ringing,
        }


@dataclass(slots=True)
class Phones:
    """The telephones there are, by number. A number with several lines is a group of telephones."""

    _by_number: dict[str, list[Phone]] = field(default_factory=dict)

    def find(self, number: str) -> Phone | None:
        """The one that rings, else a free one, else the first; None for an unknown number."""
        ringing = (phone for phone in self._by_number.get(number, []) if phone.ringing)
        return next(ringing, None) or self.to_ring(number)

    def to_ring(self, number: str) -> Phone | None:
        """A free one, else the first, which is busy; None for an unknown number."""
        lines = self._by_number.get(number, [])
        return next((phone for phone in lines if not phone.busy), next(iter(lines), None))

    def quiet(self, number: str, call_sid: str) -> None:
        """The call is over for whichever of them had it."""
        for phone in self._by_number.get(number, []):
            phone.quiet(call_sid)

    def register(
        self, number: str, *, auto_answer: float | None = None, lines: int | None = None
    ) -> Phone:
        """The telephones with this number, new or with their answering changed; more `lines` are
        added, none is taken away. The first of them."""
        phones = self._by_number.setdefault(number, [Phone(number=number)])
        phones += [Phone(number=number) for _ in range((lines or 1) - len(phones))]
        for phone in phones:
            phone.auto_answer = auto_answer
        return phones[0]

    def caller(self, number: str) -> Phone:
        """The telephone with this number, made when somebody calls from it."""
        return self._by_number.setdefault(number, [Phone(number=number)])[0]

    def all(self) -> list[Phone]:
        return [phone for lines in self._by_number.values() for phone in lines]
