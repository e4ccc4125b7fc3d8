"""Who is offered which call, and where a caller stands. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ivr.queues.model import (
    BUSY,
    AskedAgain,
    Callback,
    CallbackState,
    Move,
    Operator,
    Presence,
    Waiting,
    WaitingState,
)

OFFER_LASTS: Final = timedelta(seconds=20)
# The carrier rings an operator's phone for 20 s; later than this its word about that is lost.
RINGING_LASTS: Final = timedelta(seconds=40)
# For the estimate only: how long a talk and its wrap-up usually take.
TYPICAL_TALK: Final = timedelta(seconds=180)

WITH_OPERATOR: Final = frozenset({WaitingState.RINGING, WaitingState.TALKING})
_NOT_SERVED: Final = frozenset({WaitingState.WAITING, WaitingState.RINGING})
_AT_WORK: Final = frozenset({Presence.AVAILABLE, Presence.ON_CALL, Presence.WRAP_UP})
# A claim is for preparing; a lost word about a ringing or a talk holds nobody longer than this.
CLAIM_LASTS: Final = timedelta(minutes=10)
RINGING_BACK_LASTS: Final = timedelta(seconds=40)
CALLING_LASTS: Final = timedelta(seconds=75)
LONGEST_TALK: Final = timedelta(hours=4)
# More than operators ring back in a day: what comes on top is told at once that it cannot be done.
MOST_CALLBACKS: Final = 500

ON_THE_PHONE: Final = frozenset(
    {CallbackState.RINGING, CallbackState.CALLING, CallbackState.TALKING}
)
# Calls that asked for the same: a number that is forged again and again fills no row.
MOST_ASKED_AGAIN: Final = 20
# What operators may choose for themselves: at once, or in a call for after it.
CHOOSABLE: Final = frozenset({Presence.OFFLINE, Presence.AVAILABLE, Presence.BREAK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Position from 1 among the calls of the same queue; `overdue` once `max_wait` has passed."""

    position: int
    size: int
    wait: int
    overdue: bool


def in_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Calls without an operator: highest priority first, then longest waiting."""
    free = [row for row in waiting if row.state is WaitingState.WAITING]
    return sorted(free, key=lambda row: (-row.priority, row.since, row.token))


def keeps_place(waiting: Waiting, earlier: Waiting) -> Waiting:
    """A call that entered anew while an `earlier` stay was not over never left: its session was
    lost. The newest stay of a call is told by `since`, hence the smallest step that stores keep."""
    if earlier.state not in _NOT_SERVED:
        return waiting
    since = earlier.since + timedelta(microseconds=1)
    return replace(waiting, since=since, refused_by=earlier.refused_by)


def has_offer(row: Waiting, now: datetime) -> bool:
    waits = row.state is WaitingState.WAITING and bool(row.offered_to)
    return waits and row.offered_until is not None and row.offered_until > now


def missed(row: Waiting, now: datetime) -> bool:
    """An offer that ran out unanswered."""
    return row.state is WaitingState.WAITING and bool(row.offered_to) and not has_offer(row, now)


def rings_at(row: Waiting, operator: str) -> bool:
    return row.state is WaitingState.RINGING and row.offered_to == operator


def rang_out(row: Waiting, now: datetime) -> bool:
    """A ringing that nobody told us the end of."""
    ends = row.offered_until
    return row.state is WaitingState.RINGING and ends is not None and ends <= now


def offered_in_vain(waiting: Sequence[Waiting], operators: Sequence[Operator]) -> list[Waiting]:
    """Offers to operators who left the rotation just before the offer was made."""
    free = {operator.id for operator in operators if operator.presence is Presence.AVAILABLE}
    offered = (row for row in waiting if row.state is WaitingState.WAITING and row.offered_to)
    return [row for row in offered if row.offered_to not in free]


def on_no_call(
    waiting: Sequence[Waiting], callbacks: Sequence[Callback], operators: Sequence[Operator]
) -> list[Operator]:
    """Operators who are on a call by name, but no call is with them."""
    busy = {row.offered_to for row in waiting if row.state in WITH_OPERATOR}
    busy |= {row.claimed_by for row in callbacks if row.state in ON_THE_PHONE}
    return [o for o in operators if o.presence is Presence.ON_CALL and o.id not in busy]


def next_offers(
    waiting: Sequence[Waiting], operators: Sequence[Operator]
) -> Iterator[tuple[Waiting, Operator]]:
    """Each call without an offer, with the longest-idle free operator who serves its queue."""
    busy = {row.offered_to for row in waiting if row.offered_to}
    free = sorted(
        (o for o in operators if o.presence is Presence.AVAILABLE and o.id not in busy),
        key=lambda o: (o.idle_since, o.id),
    )
    for row in in_order(waiting):
        if row.offered_to:
            continue
        fits = (o for o in free if row.queue in o.queues and o.id not in row.refused_by)
        chosen = next(fits, None)
        if chosen is not None:
            free.remove(chosen)
            yield row, chosen


def place(
    token: str, waiting: Sequence[Waiting], operators: Sequence[Operator], now: datetime
) -> Place | None:
    """None when the call is not waiting (any more)."""
    mine = next((row for row in in_order(waiting) if row.token == token), None)
    if mine is None:
        return None
    line = [row.token for row in in_order(waiting) if row.queue == mine.queue]
    position = line.index(token) + 1
    working = sum(1 for o in operators if o.presence in _AT_WORK and mine.queue in o.queues)
    return Place(
        position=position,
        size=len(line),
        wait=round(position * TYPICAL_TALK.total_seconds() / max(1, working)),
        overdue=now - mine.since >= timedelta(seconds=mine.max_wait),
    )


def becomes(known: Operator, presence: Presence) -> Presence:
    """What an operator becomes who leaves a call: their own wish, but wrap-up comes before it."""
    if presence in BUSY or known.after_call is None:
        return presence
    return known.after_call


def leaves(known: Operator | None, presence: Presence, now: datetime) -> Move | None:
    """Out of a call into `presence`, or what they wished to be after it. None for somebody who is
    an operator no more."""
    if known is None:
        return None
    return Move(known=known, presence=becomes(known, presence), at=now)


def pauses(known: Operator | None, now: datetime) -> Move | None:
    """Out of the rotation until they say so, unless they have moved on already."""
    if known is None or known.presence not in (Presence.AVAILABLE, Presence.ON_CALL):
        return None
    return leaves(known, Presence.PAUSED, now)


def wishes_due(operators: Sequence[Operator]) -> list[Operator]:
    """Those whose wish came just as the call ended."""
    return [one for one in operators if one.after_call is not None and one.presence not in BUSY]


def asks_for_the_same(row: Callback, wanted: Callback) -> bool:
    """Nobody has taken the earlier one yet."""
    free = row.state is CallbackState.WAITING
    return free and (row.number, row.queue) == (wanted.number, wanted.queue)


def asked_again(row: Callback, wanted: Callback) -> Callback:
    """What was asked for first stands; the newer call's result is one more that may be shown."""
    calls = {row.call_ref, *(one.call_ref for one in row.again)}
    if wanted.call_ref in calls or len(row.again) >= MOST_ASKED_AGAIN:
        return row
    newer = AskedAgain(call_ref=wanted.call_ref, keep_result=wanted.keep_result)
    return replace(row, again=(*row.again, newer))


def ran_out(row: Callback, now: datetime) -> bool:
    """A claim, a ringing or a talk that nobody ended in time."""
    return row.until is not None and row.until <= now


def taken_by(callbacks: Sequence[Callback], operator: str) -> Callback | None:
    """The one call-back an operator has taken, if any."""
    return next((row for row in callbacks if row.claimed_by == operator), None)


def may_claim(row: Callback, operator: Operator, now: datetime) -> bool:
    free = row.state is CallbackState.WAITING and row.due_at <= now
    return free and row.queue in operator.queues
