"""「私ではありません」: the holder looks back at verdicts, and says which was not theirs."""

from collections.abc import Sequence

from identity.evidence_archive.recording import Recorder
from identity.installations.model import Installation
from identity.pairing.deployment import Deployment
from identity.pairing.model import PairingId
from identity.pairing.ports import CardHolds, Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.views import HistoryEntry


class Repudiating:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        card_holds: CardHolds,
        recorder: Recorder,
    ) -> None: ...

    async def history(self, installation: Installation) -> Sequence[HistoryEntry]:
        """Verdicts of the last 90 days this installation proved, and those of other
        installations that it may repudiate; newest first."""
        raise NotImplementedError

    async def repudiate(
        self, installation: Installation, pairing: PairingId
    ) -> HistoryEntry | Refusal:
        """Within 72 hours, by the proving installation or the latest other one that proved this
        person in the 90 days before. Cannot be withdrawn here; repeating changes nothing.

        Refusals: `expired_or_unknown`, `too_late`.
        """
        raise NotImplementedError
