"""Which events each wait accepts; `CallEnded` and `IdentityRepudiated` are accepted by all."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine.events import (
    CallArrived,
    CallbackAnswered,
    DigitsPressed,
    ErrandDone,
    ErrandFailed,
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    LookupAnswered,
    OperatorAskedCheck,
    PairingOpened,
    PairingProgressed,
    QueueMoved,
    Resumed,
    SpeechHeard,
    TalkBegan,
    TimedOut,
    TransferEnded,
)
from ivr.flow_engine.session import Session, Wait

_VERDICTS: Final = (IdentityProven, IdentityRefused, IdentityCancelled)
ANSWERS: Final = (PairingOpened, LookupAnswered, CallbackAnswered, ErrandDone, ErrandFailed)
# What a carrier asks a document for; these never go unanswered.
REQUESTS: Final = (CallArrived, DigitsPressed, SpeechHeard, TimedOut, Resumed, TransferEnded)
_WITH_OPERATOR: Final = (
    QueueMoved,
    TransferEnded,
    TalkBegan,
    OperatorAskedCheck,
    PairingProgressed,
    *_VERDICTS,
)

ACCEPTED: Final[Mapping[Wait, tuple[type, ...]]] = {
    "arrival": (CallArrived,),
    "input": (DigitsPressed, SpeechHeard, TimedOut),
    "identity": (DigitsPressed, TimedOut, Resumed, PairingProgressed, *_VERDICTS),
    "errand": (*ANSWERS, TimedOut, *_VERDICTS),
    "queue": _WITH_OPERATOR,
    "talk": _WITH_OPERATOR,
    "ended": (),
}


def accepts(session: Session, event: Event) -> bool:
    """Verdicts in place of an errand's answer only while a check is open; answers by their key."""
    if not isinstance(event, ACCEPTED[session.wait]):
        return False
    if isinstance(event, ANSWERS):
        return event.key == session.awaiting
    if session.wait == "errand" and isinstance(event, _VERDICTS):
        return session.check is not None
    return True
