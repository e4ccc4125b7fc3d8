"""The app begins: a tap before the call, or a code for the caller to key."""

from identity.installations.model import Installation
from identity.pairing.model import CallReport, CallState, Mode, PairingId
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView


class Dialling:
    async def begin(
        self,
        installation: Installation,
        *,
        business: str,
        purpose: str,
        call_state: CallState,
        mode: Mode = Mode.APP_DIAL,
    ) -> AppView | Refusal:
        """A pairing that has no call yet. `business` is the number (E.164) that will be called.

        `app_dial`: the view carries the statement; the ticket comes with the accepted proof.
        `keyed_code`: the view carries the `code` for the caller to key. The same request repeated
        soon gives the same pairing; an earlier one that still waits ends as `by_system`.

        Refusals: `in_a_call`, `expired_or_unknown` (no such business or purpose),
        `mode_unavailable`, `codes_paused`, `try_again`. ValueError for another mode.
        """
        raise NotImplementedError

    async def report(
        self, installation: Installation, pairing: PairingId, report: CallReport
    ) -> AppView | Refusal:
        """The installation's own call, for a dial ticket: fits, blocks, or leads to the choice.

        Refusals: `out_of_order` (not a dial ticket, or none given yet), `expired_or_unknown`, or
        the hint with which the pairing has ended.
        """
        raise NotImplementedError
