"""The transition table of a pairing, whole. State moves only forward (invariant I4).

A step whose place has been passed is a repetition: it changes nothing and is no error, because
every request of the app may be repeated. A step that comes too early is refused.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from identity.pairing.outcomes import CANCELLED, COMPLETE, PENDING, Hint
from identity.pairing.refusals import Code, Refusal, ended, refuse


class Move(Enum):
    CLAIM = auto()
    ASK = auto()
    CONFIRM = auto()
    CHOOSE_AGAIN = auto()
    CHOOSE = auto()
    HOLD_CARD = auto()
    PROVE = auto()
    MATCH = auto()


PATH: Final = (
    Hint.AWAITING_APP,
    Hint.APP_OPENED,
    Hint.AWAITING_CALL_CONFIRM,
    Hint.AWAITING_CHOICE,
    Hint.AWAITING_PIN,
    Hint.AWAITING_CARD,
    Hint.VERIFYING,
    Hint.MATCHING_CONTRACT,
)

STEPS: Final[Mapping[Move, tuple[frozenset[Hint], Hint]]] = {
    # move           from                                                       to
    Move.CLAIM: (frozenset({Hint.AWAITING_APP}), Hint.APP_OPENED),
    Move.ASK: (frozenset({Hint.APP_OPENED}), Hint.AWAITING_CALL_CONFIRM),
    Move.CONFIRM: (frozenset({Hint.AWAITING_CALL_CONFIRM}), Hint.AWAITING_CHOICE),
    Move.CHOOSE_AGAIN: (frozenset({Hint.AWAITING_CHOICE}), Hint.AWAITING_CHOICE),
    Move.CHOOSE: (frozenset({Hint.AWAITING_CHOICE}), Hint.AWAITING_PIN),
    Move.HOLD_CARD: (frozenset({Hint.AWAITING_PIN}), Hint.AWAITING_CARD),
    Move.PROVE: (frozenset({Hint.AWAITING_PIN, Hint.AWAITING_CARD}), Hint.VERIFYING),
    Move.MATCH: (frozenset({Hint.VERIFYING}), Hint.MATCHING_CONTRACT),
}

_CLAIMED: Final = frozenset(PATH[1:])
_ASKING: Final = frozenset({Hint.APP_OPENED, Hint.AWAITING_CALL_CONFIRM})
_CARD: Final = frozenset({Hint.AWAITING_PIN, Hint.AWAITING_CARD})
_JUDGED: Final = frozenset({Hint.VERIFYING, Hint.MATCHING_CONTRACT})

ENDS: Final[Mapping[Hint, frozenset[Hint]]] = {
    # end                           may come from
    **dict.fromkeys(COMPLETE, _JUDGED),
    **dict.fromkeys(CANCELLED, PENDING),
    Hint.USER_DECLINED_CALL: _ASKING,
    Hint.WRONG_CHOICE: frozenset({Hint.AWAITING_CHOICE}),
    Hint.RISK_BLOCKED: _ASKING | _JUDGED,
    Hint.SUPERSEDED: _JUDGED | COMPLETE,
    Hint.USER_CANCELLED: _CLAIMED,
    Hint.APP_UNSUPPORTED: _CLAIMED,
    Hint.PIN_BLOCKED: _CARD,
    Hint.PIN_LAST_TRY: _CARD,
    Hint.CARD_WITHOUT_PIN: _CARD,
    Hint.CODE_EXPIRED: frozenset({Hint.AWAITING_APP}),
    Hint.SESSION_EXPIRED: PENDING - {Hint.AWAITING_APP},
    Hint.CALL_ENDED: PENDING,
    Hint.INTERNAL_ERROR: PENDING,
    Hint.CERTIFICATE_REVOKED: _JUDGED,
    Hint.CERTIFICATE_EXPIRED: _JUDGED,
    Hint.CERTIFICATE_UNSUPPORTED: _JUDGED,
    Hint.SIGNATURE_INVALID: _JUDGED,
    Hint.REVOCATION_UNAVAILABLE: _JUDGED,
    Hint.LINKAGE_UNAVAILABLE: _JUDGED,
    Hint.LEVEL_NOT_REACHED: _JUDGED,
    Hint.PERSON_MISMATCH: _JUDGED,
}


def step(at: Hint, move: Move) -> Hint | Refusal:
    """Where a step leads: a later state, or `at` itself when it is a repetition."""
    sources, target = STEPS[move]
    if at in sources:
        return target
    if at not in PENDING:
        return ended(at)
    if at in PATH and PATH.index(at) >= PATH.index(target):
        return at
    return refuse(Code.OUT_OF_ORDER, hint=at.value)


def end(at: Hint, as_hint: Hint) -> Hint | Refusal:
    """Whether a pairing in state `at` may end as `as_hint`; once over it stays what it is."""
    if at in ENDS.get(as_hint, frozenset()):
        return as_hint
    return refuse(Code.OUT_OF_ORDER, hint=at.value) if at in PENDING else ended(at)
