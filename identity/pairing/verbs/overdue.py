"""What is past its time, by the database's clock."""

from identity.pairing.outcomes import Hint
from identity.pairing.ports import Pairings
from identity.pairing.verbs.arriving import Arriving
from identity.pairing.verbs.ending import Ending


class Overdue:
    def __init__(self, pairings: Pairings, ending: Ending, arriving: Arriving) -> None:
        self._pairings = pairings
        self._ending = ending
        self._arriving = arriving

    async def settle(self, at_most: int) -> int:
        """End what expired (`code_expired`, `session_expired`, `no_ticket`), and ask the choice
        where no report came; returns how many."""
        overdue = await self._pairings.overdue(at_most)
        for pairing in overdue:
            if pairing.hint is Hint.MATCHING_CONTRACT and pairing.step_by is not None:
                await self._arriving.report_over(pairing)
            else:
                await self._ending.expire(pairing)
        return len(overdue)
