"""What an operator may see of a call: one rule for every route, and nothing unless it says so."""

from datetime import datetime
from enum import Enum

from ivr.queues import rules
from ivr.queues.model import Operator, Waiting, WaitingState


class Seen(Enum):
    NOTHING = "nothing"
    ENTRY = "entry"
    """That a call waits in a queue of theirs, and its badge: no holder, no attributes."""
    POP = "pop"


def seen(row: Waiting | None, operator: Operator, now: datetime) -> Seen:
    if row is None or row.tenant != operator.tenant or row.state is WaitingState.GONE:
        return Seen.NOTHING
    with_them = row.state in rules.WITH_OPERATOR or rules.has_offer(row, now)
    if row.offered_to == operator.id and with_them:
        return Seen.POP
    return Seen.ENTRY if row.queue in operator.queues else Seen.NOTHING
