"""From a pairing's outcome to an event of the flow engine: the one translator, push and poll.

Both ask for the *newest* pairing of the call once its session is loaded, and translate that. So
news of an earlier attempt (closed to give a new code, say) never ends the present one: a session
that has gone on meanwhile is not saved over.
"""

from collections import OrderedDict
from datetime import UTC
from typing import Final

from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import Marks
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.flow_engine import outcomes
from ivr.flow_engine.events import (
    Contract,
    Event,
    IdentityCancelled,
    IdentityProven,
    IdentityRefused,
    IdentityRepudiated,
    Levels,
    PairingProgressed,
)

_MOST_READ: Final = 10_000
"""Calls of which one process keeps what it read last."""
_KNOWN: Final = frozenset(outcomes.VERIFY_EXITS)


class NewsOfPairings:
    """Asked at every turn of a hold: what was read once is not read again while nothing changed.

    Whether it has, the store is asked each time; what an event says does not depend on the time.
    """

    def __init__(self, *, tenant: str, watching: Watching, ending: Ending) -> None:
        self.tenant = TenantId(tenant)
        self._watching = watching
        self._ending = ending
        self._read: OrderedDict[str, tuple[Marks, Event]] = OrderedDict()

    async def latest(self, call_ref: str) -> Event | None:
        """What the call's newest pairing says now; None when it has none."""
        ref = CallRef(call_ref)
        marks = await self._watching.marks(self.tenant, ref)
        if not marks:
            return None
        read = self._read.get(call_ref)
        if read is not None and read[0] == marks:
            return read[1]
        view = await self._watching.latest(self.tenant, ref)
        return None if view is None else self._kept(call_ref, marks, to_event(view))

    def _kept(self, call_ref: str, marks: Marks, event: Event) -> Event:
        """The marks are older than the event or as old: a change in between is read again."""
        self._read[call_ref] = (marks, event)
        self._read.move_to_end(call_ref)
        if len(self._read) > _MOST_READ:
            self._read.popitem(last=False)
        return event

    async def call_ended(self, call_ref: str) -> None:
        """The caller hung up: an open pairing ends, a verdict stops being live."""
        self._read.pop(call_ref, None)
        await self._ending.call_ended(self.tenant, CallRef(call_ref))


def to_event(view: PairingView) -> Event:
    if Hint.REPUDIATED in (view.hint, view.alarm):
        return IdentityRepudiated()
    word = view.hint.value if view.hint.value in _KNOWN else outcomes.OTHER
    if view.status is Status.PENDING:
        return PairingProgressed(hint=view.hint.value, item=view.item)
    if view.alarm is not None:
        # Red stays: however a check ends that was open when the alarm came, it does not lift it.
        return IdentityRefused(hint=view.alarm.value, levels=levels_of(view))
    if view.hint is Hint.REVOKED_SINCE:
        return IdentityRefused(hint=outcomes.REVOKED)
    if view.status is Status.COMPLETE and view.verdict is not None:
        return IdentityProven(
            exit=word,
            levels=levels_of(view),
            contract=Contract(
                count=len(view.contracts),
                ref=view.contracts[0] if len(view.contracts) == 1 else "",
            ),
            proven_at=view.verdict.at.astimezone(UTC).isoformat(),
        )
    if view.status is Status.CANCELLED:
        return IdentityCancelled(hint=word)
    return IdentityRefused(hint=word, levels=levels_of(view))


def levels_of(view: PairingView) -> Levels:
    return Levels(
        identity=view.identity.code,
        binding=view.binding.code,
        mode=view.mode.value,
        call_state=view.call_state.value,
    )


def identity_level(code: str) -> IdentityLevel:
    return IdentityLevel[code.upper()]


def binding_level(code: str) -> BindingLevel:
    return BindingLevel[code.upper()]
