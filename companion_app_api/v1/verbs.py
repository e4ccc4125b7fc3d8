"""The verbs that this door speaks to, given by the wiring."""

from dataclasses import dataclass

from identity.pairing.verbs.claiming import Claiming
from identity.pairing.verbs.dialling import Dialling
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.proving import Proving
from identity.pairing.verbs.repudiating import Repudiating
from identity.pairing.verbs.watching import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class AppVerbs:
    claiming: Claiming
    dialling: Dialling
    watching: Watching
    proving: Proving
    ending: Ending
    repudiating: Repudiating
