"""The verbs that are simulated, and which of their attributes have an effect here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from stand_ins.carrier.verbs import (
    dial,
    endings,
    enqueue,
    gather,
    leave,
    pause,
    play,
    redirect,
    say,
)
from stand_ins.carrier.verbs.outcome import Outcome

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance


@dataclass(frozen=True, slots=True)
class Verb:
    perform: Callable[[Performance, Element], Awaitable[Outcome]]
    attributes: frozenset[str]


VERBS: Mapping[str, Verb] = {
    "Say": Verb(say.perform, say.ATTRIBUTES),
    "Play": Verb(play.perform, play.ATTRIBUTES),
    "Pause": Verb(pause.perform, pause.ATTRIBUTES),
    "Gather": Verb(gather.perform, gather.ATTRIBUTES),
    "Redirect": Verb(redirect.perform, redirect.ATTRIBUTES),
    "Enqueue": Verb(enqueue.perform, enqueue.ATTRIBUTES),
    "Leave": Verb(leave.perform, frozenset()),
    "Dial": Verb(dial.perform, dial.ATTRIBUTES),
    "Hangup": Verb(endings.hang_up, frozenset()),
    "Reject": Verb(endings.reject, frozenset({"reason"})),
}
