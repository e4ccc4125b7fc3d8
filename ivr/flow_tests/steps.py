"""What each step of a test does to the call, one function a kind."""

from collections.abc import Callable, Mapping
from typing import Final

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.definition import Require, StepUp, VerifyIdentity
from ivr.flow_engine.events import (
    CallEnded,
    DigitsPressed,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    IdentityRepudiated,
    PairingProgressed,
    SpeechHeard,
    TalkBegan,
    TimedOut,
    TransferEnded,
)
from ivr.flow_engine.session import Check
from ivr.flow_engine.turn.turn import seconds_since
from ivr.flow_engine.voice_actions import Gather, Hold, Transfer
from ivr.flow_tests.host import proven
from ivr.flow_tests.model import Step
from ivr.flow_tests.playing import VALID_TICKET, Playing

ITEM: Final = "47"  # of the pick of three
_CONTRACTS: Final[Mapping[str, tuple[int, str]]] = {
    "verified": (1, "c-0001"),
    "verified_no_contract": (0, ""),
    "verified_multiple_contracts": (2, ""),
}
_QUEUE_TURN: Final = 10  # seconds between two looks at the queue
_UNKNOWN_TICKET: Final = "9999999999"


class Unfit(Exception):
    """The call waits for something else. `code` is a row of `words`."""

    def __init__(self, code: str, wanted: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.wanted = wanted


def press(playing: Playing, step: Step) -> bool:
    """At a gather as many keys as it takes; in a hold one; in a queue the leave key."""
    closing = _closing(playing)
    playing.host.pass_time(1)
    if isinstance(closing, Gather):
        keys = step.text.removesuffix(closing.finish_on) if closing.finish_on else step.text
        if len(keys) > closing.max_digits:
            raise Unfit("too_many_keys", str(closing.max_digits))
        return playing.request(DigitsPressed(keys=keys) if keys else TimedOut())
    if isinstance(closing, Hold):
        if len(step.text) > 1:
            raise Unfit("too_many_keys", "1")
        return playing.request(DigitsPressed(keys=step.text))
    if isinstance(closing, Transfer) and closing.leave_key and step.text == closing.leave_key:
        return playing.request(TransferEnded(outcome="left"))
    raise Unfit("no_keys")


def wait(playing: Playing, step: Step) -> bool:
    left = float(step.seconds)
    while left > 0 and not playing.ended:
        spent = min(left, seconds_left(playing))
        playing.host.pass_time(spent)
        playing.silent += spent
        left -= spent
        if _over(playing):
            playing.silent = 0.0
            playing.request(_at_the_end(playing))
        elif playing.host.session.wait == "queue":
            playing.look_at_queue()
    return True


def speech(playing: Playing, step: Step) -> bool:
    closing = _closing(playing)
    if not isinstance(closing, Gather) or not closing.speech:
        raise Unfit("no_speech")
    playing.host.pass_time(1)
    return playing.request(SpeechHeard(text=step.text))


def ticket(playing: Playing, step: Step) -> bool:
    closing = _closing(playing)
    check = playing.host.session.check
    if not isinstance(closing, Gather) or check is None or check.phase != "listening":
        raise Unfit("no_listening")
    playing.host.pass_time(1)
    if step.text == "none":
        return playing.request(TimedOut())
    digits = VALID_TICKET if step.text == "valid" else _UNKNOWN_TICKET
    return playing.request(DigitsPressed(keys=digits[: closing.max_digits]))


def hint(playing: Playing, step: Step) -> bool:
    item = ITEM if step.text == "awaiting_choice" else ""
    return playing.news(PairingProgressed(hint=step.text, item=item))


def identity(playing: Playing, step: Step) -> bool:
    """How the check ends. `code_expired` stands for all modes together, as in the flow."""
    session = playing.host.session
    check, exit_name = session.check, step.text
    if session.wait == "identity" and check is not None:
        if check.phase == "listening" and not check.keys:
            raise Unfit("listening_only")
        if exit_name == "code_expired":
            return _expired(playing, check)
    elif session.identity.status != "pending":  # beside an operator, a check is pending or none
        raise Unfit("no_check")
    playing.host.pass_time(1)
    if exit_name in words.COMPLETE_EXITS:
        return playing.news(_proof(playing, step))
    if exit_name in words.CANCELLED_EXITS:
        return playing.news(IdentityCancelled(hint=exit_name))
    return playing.news(IdentityRefused(hint=exit_name))


def queue(playing: Playing, step: Step) -> bool:
    if playing.host.session.wait not in ("queue", "talk"):
        raise Unfit("no_queue")
    if step.text == "connected" and playing.host.session.wait == "queue":
        playing.news(TalkBegan())
    return playing.request(TransferEnded(outcome=step.text))


def repudiate(playing: Playing, step: Step) -> bool:
    return playing.news(IdentityRepudiated())


def hang_up(playing: Playing, step: Step) -> bool:
    return playing.news(CallEnded())


STEPS: Final[Mapping[str, Callable[[Playing, Step], bool]]] = {
    "press": press,
    "wait": wait,
    "speech": speech,
    "ticket": ticket,
    "hint": hint,
    "identity": identity,
    "queue": queue,
    "repudiate": repudiate,
    "hang_up": hang_up,
}


def _closing(playing: Playing) -> object:
    document = playing.host.session.document
    return document.closing if document is not None else None


def _length(playing: Playing) -> float:
    """Seconds after which the carrier comes back by itself."""
    closing = _closing(playing)
    if isinstance(closing, Gather):
        return float(closing.timeout)
    if isinstance(closing, Hold):
        return float(closing.seconds)
    return float(_QUEUE_TURN)


def seconds_left(playing: Playing) -> float:
    """Of silence, until the carrier asks again."""
    left = _length(playing) - playing.silent % _length(playing)
    transfer = playing.host.session.transfer
    closing = _closing(playing)
    if transfer is not None and isinstance(closing, Transfer):
        stayed = seconds_since(transfer.since, playing.host.now)
        left = min(left, max(closing.max_wait - stayed, 0.0)) or left
    return left


def _over(playing: Playing) -> bool:
    """Whether the document has run to its end, or the caller has waited the longest time."""
    session, closing = playing.host.session, _closing(playing)
    if session.wait == "talk":
        return False
    if isinstance(closing, Transfer):
        transfer = session.transfer
        since = seconds_since(transfer.since, playing.host.now) if transfer else 0.0
        return since >= closing.max_wait
    return playing.silent >= _length(playing)


def _at_the_end(playing: Playing) -> TimedOut | TransferEnded:
    queued = isinstance(_closing(playing), Transfer)
    return TransferEnded(outcome="timeout") if queued else TimedOut()


def _proof(playing: Playing, step: Step) -> IdentityProven:
    """With the levels that the check aims at, where the test names none."""
    session = playing.host.session
    kind = playing.kind
    pair: Require | StepUp = Require(identity="id_card_auth", binding="bind_choice")
    if isinstance(kind, VerifyIdentity):
        up = session.check is not None and session.check.stage == "step_up"
        pair = kind.step_up if up and kind.step_up else kind.require
    count, ref = _CONTRACTS[step.text]
    return proven(
        playing.host.now,
        exit=step.text,
        identity=step.identity or pair.identity,
        binding=step.binding or pair.binding,
        count=count,
        ref=ref,
    )


def _expired(playing: Playing, check: Check) -> bool:
    """Each mode in turn, until this check is over; the one that a retry begins is another."""
    taken = True
    while True:
        session = playing.host.session
        now = session.check
        if session.wait != "identity" or now is None or now.began_at != check.began_at:
            return taken
        playing.host.pass_time(1)
        if now.phase == "listening":
            taken = playing.request(TimedOut())
        else:
            taken = playing.news(IdentityRefused(hint="code_expired"))
        if not taken:
            return False
