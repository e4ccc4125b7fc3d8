"""A host that does errands by a script, and saves and reloads the session between all steps."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import (
    ClosePairing,
    Errand,
    LookUp,
    OpenPairing,
    RedeemTicket,
    RegisterCallback,
)
from ivr.flow_engine.events import (
    CallbackAnswered,
    Contract,
    ErrandDone,
    ErrandFailed,
    Event,
    IdentityProven,
    Levels,
    LookupAnswered,
    PairingOpened,
)
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn.trace import TraceEntry


class NotSaved(Exception):
    """A session that comes back from its bytes as another one: broken, and ours."""


def reloaded(session: Session) -> Session:
    """Through the very bytes a store keeps. Raises NotSaved."""
    saved = json.dumps(session.to_json(), ensure_ascii=False)
    again = Session.from_json(json.loads(saved))
    if again != session or json.dumps(again.to_json(), ensure_ascii=False) != saved:
        raise NotSaved(session.node)
    return again


def proven(
    now: datetime,
    *,
    exit: str = "verified",  # noqa: A002 - the word of the flow language
    identity: str = "id_card_auth",
    binding: str = "bind_choice",
    ref: str = "c-0001",
    count: int = 1,
    key: str = "",
) -> IdentityProven:
    """The event of a check that ended well: by default an authentication certificate, bound by
    choice, with one contract."""
    return IdentityProven(
        exit=exit,
        levels=Levels(
            identity=identity, binding=binding, mode="spoken_code", call_state="outgoing"
        ),
        contract=Contract(count=count, ref=ref),
        proven_at=now.isoformat(),
        key=key,
    )


@dataclass
class Script:
    """How the outside answers: lookup name -> outcome or fields; errand name -> failure reason.

    `slow` lookups are not answered in the turn. `close_finds` is the exit of a proof that was
    faster than the closing. Codes are taken in order, over and over. `tickets`: digits -> the
    hint they lead to. `messages`: whether a text message can be sent.
    `callback` is how one is answered.
    """

    lookups: Mapping[str, Any] = field(default_factory=dict)
    slow: tuple[str, ...] = ()
    fails: Mapping[str, str] = field(default_factory=dict)
    close_finds: str = ""
    codes: tuple[str, ...] = ("38051264", "90417735", "11223344")
    tickets: Mapping[str, str] = field(default_factory=dict)
    messages: bool = True
    callback: str = "accepted"


Watch: TypeAlias = Callable[[Session, Event, engine.Step, bool], None]


def unwatched(before: Session, event: Event, step: engine.Step, from_carrier: bool) -> None:
    pass


@dataclass
class Host:
    """One call. `last` is the step of the event that was fed, or the fault behind it; `watch`
    hears of every step, with the session before it."""

    flow: Flow
    session: Session
    now: datetime
    script: Script = field(default_factory=Script)
    opened: int = 0
    late: list[Errand] = field(default_factory=list)
    last: engine.Step | None = None
    trace: list[TraceEntry] = field(default_factory=list)
    watch: Watch = unwatched

    def feed(self, event: Event, *, from_carrier: bool) -> list[Errand]:
        """One event to the end of its turn; gives the errands done, in order."""
        done: list[Errand] = []
        waiting: Event | None = event
        while waiting is not None:
            step = engine.step(
                self.flow, self.session, waiting, self.now, from_carrier=from_carrier
            )
            self.watch(self.session, waiting, step, from_carrier)
            self.last = step if waiting is event or step.outcome == "fault" else self.last
            self.session = reloaded(step.session)
            self.trace.extend(step.trace)
            done.extend(step.errands)
            waiting = self._answer(step.errands)
        if from_carrier and self.session.pending is not None:
            self.session = engine.draw(self.session)
        return done

    def fetch(self) -> None:
        """The carrier comes for what is pending."""
        self.session = engine.draw(self.session)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _answer(self, errands: tuple[Errand, ...]) -> Event | None:
        awaited = [errand for errand in errands if errand.key == self.session.awaiting]
        if not awaited:
            return None
        errand = awaited[0]
        if isinstance(errand, LookUp) and errand.name in self.script.slow:
            self.late.append(errand)
            step = engine.defer(self.flow, self.session, errand.key, self.now)
            self.session = reloaded(step.session)
            return None
        return self.answer_to(errand)

    def answer_to(self, errand: Errand) -> Event:
        reason = self.script.fails.get(type(errand).__name__)
        if reason is not None:
            return ErrandFailed(key=errand.key, reason=reason)
        if isinstance(errand, RedeemTicket):
            return self._redeemed(errand)
        if isinstance(errand, OpenPairing) and errand.mode == "sms_link":
            if not self.script.messages:
                return ErrandFailed(key=errand.key, reason="message_not_sent")
            return PairingOpened(key=errand.key)
        if isinstance(errand, OpenPairing):
            self.opened += 1
            codes = self.script.codes
            return PairingOpened(key=errand.key, code=codes[(self.opened - 1) % len(codes)])
        if isinstance(errand, LookUp):
            said = self.script.lookups.get(errand.name, "none")
            if isinstance(said, str):
                return LookupAnswered(key=errand.key, outcome=said)
            return LookupAnswered(key=errand.key, outcome="found", fields=said["found"])
        if isinstance(errand, RegisterCallback):
            return CallbackAnswered(key=errand.key, outcome=self.script.callback)
        if isinstance(errand, ClosePairing) and self.script.close_finds:
            return proven(self.now, exit=self.script.close_finds)
        return ErrandDone(key=errand.key)

    def _redeemed(self, errand: RedeemTicket) -> Event:
        hint = self.script.tickets.get(errand.digits, "")
        if hint == "verified":
            return proven(self.now, binding="bind_device", key=errand.key)
        if hint:
            return PairingOpened(key=errand.key, hint=hint)
        return ErrandFailed(key=errand.key, reason="no_ticket")
