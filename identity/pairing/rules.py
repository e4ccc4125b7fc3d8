"""The transition tables of a pairing, whole. State moves only forward (invariant I4).

A step whose place has been passed is a repetition: it changes nothing and is no error, because
every request of the app may be repeated. A step that comes too early is refused.

There are four paths: the call comes first (link, spoken code), the tap comes first (dial ticket),
the app's code is keyed in a call, or there is no call (desk).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from identity.pairing.model import Mode
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
    GIVE_TICKET = auto()
    ARRIVE = auto()
    ASK_CHOICE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The states in order, the moves between them, and where each end may come from."""

    states: tuple[Hint, ...]
    steps: Mapping[Move, tuple[frozenset[Hint], Hint]]
    ends: Mapping[Hint, frozenset[Hint]]

    def step(self, at: Hint, move: Move) -> Hint | Refusal:
        """Where a step leads: a later state, or `at` itself when it is a repetition."""
        if at not in PENDING:
            return ended(at)
        if move not in self.steps:
            return refuse(Code.OUT_OF_ORDER, hint=at.value)
        sources, target = self.steps[move]
        if at in sources:
            return target
        if self.reached(at, target):
            return at
        return refuse(Code.OUT_OF_ORDER, hint=at.value)

    def reached(self, at: Hint, state: Hint) -> bool:
        """Whether a pairing in state `at` is at `state` or past it."""
        return at in self.states and self.states.index(at) >= self.states.index(state)

    def end(self, at: Hint, as_hint: Hint) -> Hint | Refusal:
        """Whether a pairing in state `at` may end as `as_hint`; once over it stays what it is."""
        if at in self.ends.get(as_hint, frozenset()):
            return as_hint
        return refuse(Code.OUT_OF_ORDER, hint=at.value) if at in PENDING else ended(at)


_CARD: Final = frozenset({Hint.AWAITING_PIN, Hint.AWAITING_CARD})
_CARD_STEPS: Final[Mapping[Move, tuple[frozenset[Hint], Hint]]] = {
    Move.HOLD_CARD: (frozenset({Hint.AWAITING_PIN}), Hint.AWAITING_CARD),
    Move.PROVE: (_CARD, Hint.VERIFYING),
}
_MATCH: Final = {Move.MATCH: (frozenset({Hint.VERIFYING}), Hint.MATCHING_CONTRACT)}


def _ends(
    *,
    app: frozenset[Hint],
    asking: frozenset[Hint],
    judged: frozenset[Hint],
    called: frozenset[Hint],
) -> Mapping[Hint, frozenset[Hint]]:
    """`app`: an app has it in hand. `asking`: the direction question. `judged`: a proof is being
    looked at; `called`: those of them in which the call is there, the only way to a verdict."""
    return {
        # end                           may come from
        **dict.fromkeys(COMPLETE, called),
        **dict.fromkeys(CANCELLED, PENDING),
        Hint.USER_DECLINED_CALL: asking,
        Hint.WRONG_CHOICE: frozenset({Hint.AWAITING_CHOICE}),
        Hint.RISK_BLOCKED: asking | judged,
        Hint.SUPERSEDED: called | COMPLETE,
        Hint.USER_CANCELLED: app,
        Hint.APP_UNSUPPORTED: app,
        Hint.PIN_BLOCKED: _CARD,
        Hint.PIN_LAST_TRY: _CARD,
        Hint.CARD_WITHOUT_PIN: _CARD,
        Hint.CODE_EXPIRED: frozenset({Hint.AWAITING_APP}),
        Hint.SESSION_EXPIRED: PENDING - {Hint.AWAITING_APP},
        Hint.CALL_ENDED: PENDING,
        Hint.INTERNAL_ERROR: PENDING,
        Hint.CERTIFICATE_REVOKED: judged,
        Hint.CERTIFICATE_EXPIRED: judged,
        Hint.CERTIFICATE_UNSUPPORTED: judged,
        Hint.SIGNATURE_INVALID: judged,
        Hint.REVOCATION_UNAVAILABLE: judged,
        Hint.LINKAGE_UNAVAILABLE: judged,
        Hint.LEVEL_NOT_REACHED: judged,
        Hint.PERSON_MISMATCH: judged,
    }


_CALL_FIRST_STATES: Final = (
    Hint.AWAITING_APP,
    Hint.APP_OPENED,
    Hint.AWAITING_CALL_CONFIRM,
    Hint.AWAITING_CHOICE,
    Hint.AWAITING_PIN,
    Hint.AWAITING_CARD,
    Hint.VERIFYING,
    Hint.MATCHING_CONTRACT,
)
_LOOKED_AT: Final = frozenset({Hint.VERIFYING, Hint.MATCHING_CONTRACT})

CALL_FIRST: Final = Path(
    states=_CALL_FIRST_STATES,
    steps={
        # move           from                                         to
        Move.CLAIM: (frozenset({Hint.AWAITING_APP}), Hint.APP_OPENED),
        Move.ASK: (frozenset({Hint.APP_OPENED}), Hint.AWAITING_CALL_CONFIRM),
        Move.CONFIRM: (frozenset({Hint.AWAITING_CALL_CONFIRM}), Hint.AWAITING_CHOICE),
        Move.CHOOSE_AGAIN: (frozenset({Hint.AWAITING_CHOICE}), Hint.AWAITING_CHOICE),
        Move.CHOOSE: (frozenset({Hint.AWAITING_CHOICE}), Hint.AWAITING_PIN),
        **_CARD_STEPS,
        **_MATCH,
    },
    ends=_ends(
        app=frozenset(_CALL_FIRST_STATES[1:]),
        asking=frozenset({Hint.APP_OPENED, Hint.AWAITING_CALL_CONFIRM}),
        judged=_LOOKED_AT,
        called=_LOOKED_AT,
    ),
)

_TAP_FIRST_STATES: Final = (
    Hint.AWAITING_PIN,
    Hint.AWAITING_CARD,
    Hint.VERIFYING,
    Hint.AWAITING_DIAL,
    Hint.MATCHING_CONTRACT,
    Hint.AWAITING_CHOICE,
)
_ARRIVED: Final = frozenset({Hint.MATCHING_CONTRACT, Hint.AWAITING_CHOICE})

TAP_FIRST: Final = Path(
    states=_TAP_FIRST_STATES,
    steps={
        **_CARD_STEPS,
        Move.GIVE_TICKET: (frozenset({Hint.VERIFYING}), Hint.AWAITING_DIAL),
        Move.ARRIVE: (frozenset({Hint.AWAITING_DIAL}), Hint.MATCHING_CONTRACT),
        Move.ASK_CHOICE: (frozenset({Hint.MATCHING_CONTRACT}), Hint.AWAITING_CHOICE),
        Move.CHOOSE_AGAIN: (frozenset({Hint.AWAITING_CHOICE}), Hint.AWAITING_CHOICE),
    },
    ends=_ends(
        app=frozenset(_TAP_FIRST_STATES),
        asking=frozenset(),
        judged=_ARRIVED | {Hint.VERIFYING},
        called=_ARRIVED,
    ),
)

_KEYED_STATES: Final = (
    Hint.AWAITING_APP,
    Hint.AWAITING_CALL_CONFIRM,
    Hint.AWAITING_PIN,
    Hint.AWAITING_CARD,
    Hint.VERIFYING,
    Hint.MATCHING_CONTRACT,
)

KEYED: Final = Path(
    states=_KEYED_STATES,
    steps={
        Move.ARRIVE: (frozenset({Hint.AWAITING_APP}), Hint.AWAITING_CALL_CONFIRM),
        Move.CONFIRM: (frozenset({Hint.AWAITING_CALL_CONFIRM}), Hint.AWAITING_PIN),
        **_CARD_STEPS,
        **_MATCH,
    },
    ends=_ends(
        app=frozenset(_KEYED_STATES),
        asking=frozenset({Hint.AWAITING_CALL_CONFIRM}),
        judged=_LOOKED_AT,
        called=_LOOKED_AT,
    ),
)

_DESK_STATES: Final = (
    Hint.AWAITING_APP,
    Hint.AWAITING_PIN,
    Hint.AWAITING_CARD,
    Hint.VERIFYING,
    Hint.MATCHING_CONTRACT,
)
_OF_CALLS: Final = (Hint.CALL_ENDED, Hint.SUPERSEDED, Hint.WRONG_CHOICE)

AT_A_DESK: Final = Path(
    states=_DESK_STATES,
    steps={
        Move.CLAIM: (frozenset({Hint.AWAITING_APP}), Hint.AWAITING_PIN),
        **_CARD_STEPS,
        **_MATCH,
    },
    ends={
        **_ends(
            app=frozenset(_DESK_STATES[1:]),
            asking=frozenset(),
            judged=_LOOKED_AT,
            called=_LOOKED_AT,
        ),
        **dict.fromkeys(_OF_CALLS, frozenset()),
    },
)

PATHS: Final[Mapping[Mode, Path]] = {
    Mode.APP_DIAL: TAP_FIRST,
    Mode.SMS_LINK: CALL_FIRST,
    Mode.SPOKEN_CODE: CALL_FIRST,
    Mode.KEYED_CODE: KEYED,
    Mode.DESK: AT_A_DESK,
}


def step(mode: Mode, at: Hint, move: Move) -> Hint | Refusal:
    """As `Path.step`, on the path of this mode."""
    return PATHS[mode].step(at, move)


def end(mode: Mode, at: Hint, as_hint: Hint) -> Hint | Refusal:
    """As `Path.end`, on the path of this mode."""
    return PATHS[mode].end(at, as_hint)
