"""What a door answers instead of doing: a stable code and facts, as a value.

A code is one of `Code`, or a hint of the outcome that stands in the way (`user_declined_call`,
`signature_invalid`, ...). Facts are short public words or numbers, never text from outside.
"""

from enum import Enum

from identity.installations.refusals import Refusal
from identity.pairing.outcomes import Hint

__all__ = ["Code", "Refusal", "ended", "refuse"]


class Code(Enum):
    EXPIRED_OR_UNKNOWN = "expired_or_unknown"
    """One answer for unknown, used, expired and claimed by another."""
    IN_A_CALL = "in_a_call"
    SLOW_DOWN = "slow_down"
    """Fact `retry_after`: seconds."""
    APP_UNSUPPORTED = "app_unsupported"
    OUT_OF_ORDER = "out_of_order"
    """The step does not fit the state. Fact `hint`: where the pairing is."""
    ROUND_OVER = "round_over"
    """That round was answered otherwise: a round counts once."""
    NOT_OFFERED = "not_offered"
    MODE_UNAVAILABLE = "mode_unavailable"
    """This way of binding is not offered here; a flow goes on with the next one."""
    CODES_PAUSED = "codes_paused"
    """Spoken codes are not given out at this moment. Fact `retry_after`: seconds."""
    NO_TICKET = "no_ticket"
    """Digits that lead to nothing: unknown, incomplete, expired, of another number."""
    NO_SUCH_CONTRACT = "no_such_contract"
    """No contract here has that number, or that telephone number."""
    NO_OPEN_PAIRING = "no_open_pairing"
    EXTENDED_BEFORE = "extended_before"
    TOO_LATE = "too_late"
    """The time in which a verdict can be repudiated is over."""
    TRY_AGAIN = "try_again"
    """Others changed it at the same moment, several times over; nothing was done."""


def refuse(code: Code, **facts: str | int) -> Refusal:
    return Refusal(code=code.value, facts=facts)


def ended(hint: Hint) -> Refusal:
    """The pairing is over, or an alarm stands: the hint is the code."""
    return Refusal(code=hint.value)
