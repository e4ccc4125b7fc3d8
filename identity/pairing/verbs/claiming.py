"""The app's steps up to the card: claim, confirm, choose, progress. Each may be repeated."""

from enum import Enum

from identity.installations.model import Installation
from identity.pairing.deployment import Deployment
from identity.pairing.model import CallState, PairingId
from identity.pairing.outcomes import Hint
from identity.pairing.ports import Counters, Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.ending import Ending
from identity.pairing.views import AppView, ClaimView


class Answer(Enum):
    """To: are you on the phone with this company now, and who called?"""

    I_CALLED = "i_called"
    THEY_CALLED = "they_called"
    NO_CALL = "no_call"


class Claiming:
    def __init__(
        self, deployment: Deployment, pairings: Pairings, counters: Counters, ending: Ending
    ) -> None: ...

    async def claim(
        self, installation: Installation, locator: str, call_state: CallState, *, address: str
    ) -> ClaimView | Refusal:
        """One winner, ever. `address` is the sender's, for counting wrong entries only.

        Refusals: `expired_or_unknown` (one answer for unknown, used, expired, claimed by
        another), `slow_down` with `retry_after`.
        """
        raise NotImplementedError

    async def confirm(
        self, installation: Installation, pairing: PairingId, answer: Answer
    ) -> AppView | Refusal:
        """The direction question. An answer that does not fit the call ends with an alarm.

        Refusals: `user_declined_call`, `risk_blocked`, `out_of_order`, `expired_or_unknown`, or
        the hint with which the pairing has ended.
        """
        raise NotImplementedError

    async def choose(
        self, installation: Installation, pairing: PairingId, round_number: int, choice: str
    ) -> AppView | Refusal:
        """Right: the view carries the statement. Wrong once: a new round. Wrong again: alarm.

        Refusals: `wrong_choice`, `round_over`, `not_offered`, `out_of_order`,
        `expired_or_unknown`, or the hint with which the pairing has ended.
        """
        raise NotImplementedError

    async def progress(
        self, installation: Installation, pairing: PairingId, hint: Hint
    ) -> AppView | Refusal:
        """`awaiting_pin`, then `awaiting_card`; never backwards (ValueError for other hints)."""
        raise NotImplementedError
