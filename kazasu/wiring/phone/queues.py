"""Who waits, who is free, who is offered, and who is rung back."""

from dataclasses import dataclass

from ivr.carriers.twilio.rest import TwilioRest
from ivr.live_calls.callbacks.kept_results import KeptResults
from ivr.queues.answering import Answering
from ivr.queues.asides import Asides
from ivr.queues.callback_list import CallbackList
from ivr.queues.entering import Entering
from ivr.queues.offering import Floor, Offering
from ivr.queues.presence import PresenceChoices
from ivr.queues.ringing_back import RingingBack
from kazasu.wiring.identity_side import IdentitySide, ReportedNumbers
from kazasu.wiring.phone.parts import PhoneParts
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """People to be rung back: the list, the ringing, and what is kept of who they are."""

    book: CallbackList
    ringing: RingingBack
    kept: KeptResults


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    floor: Floor
    offering: Offering
    entering: Entering
    answering: Answering
    asides: Asides
    presence: PresenceChoices
    callbacks: Callbacks


def build_queues(
    parts: PhoneParts, identity: IdentitySide, stores: Stores, rest: TwilioRest
) -> Queues:
    floor = Floor(
        waiting=stores.waiting,
        callbacks=stores.callbacks,
        operators=stores.operators,
        news=parts.news,
        now=parts.now,
    )
    offering = Offering(floor)
    return Queues(
        floor=floor,
        offering=offering,
        entering=Entering(floor, offering, rest),
        answering=Answering(floor, offering, rest),
        asides=Asides(floor, offering),
        presence=PresenceChoices(floor, offering),
        callbacks=Callbacks(
            book=CallbackList(floor, per_day=parts.settings.callbacks_per_day),
            ringing=RingingBack(floor, offering, rest),
            kept=KeptResults(
                watching=identity.watching,
                holders=stores.holders,
                lines=ReportedNumbers(tenant=identity.tenant, stores=stores),
                now=parts.now,
            ),
        ),
    )
