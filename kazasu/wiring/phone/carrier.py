"""The carrier: the way to it, and its door here."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from identity.tenants.model import Tenant
from ivr.carriers.twilio.pages.callback import CallbackDoor
from ivr.carriers.twilio.pages.queue import QueueDoor
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.signature import Keys, SignatureCheck
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.carriers.twilio.webhooks import TwilioDoor
from ivr.live_calls.background import Background
from ivr.live_calls.callbacks.placed_calls import PlacedCalls
from ivr.live_calls.errands.link_message import LinkMessages, MessageSettings
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.queue_turns import QueueTurns
from ivr.live_calls.service import LiveCalls
from ivr.queues.placed_talks import PlacedTalks
from kazasu.settings.model import Settings
from kazasu.wiring.correlation import of_the_call
from kazasu.wiring.flow_files.recordings import Recordings
from kazasu.wiring.phone.parts import PhoneParts, call_ref_of
from kazasu.wiring.phone.queues import Queues
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """`background` does what no answer waits for."""

    documents: DocumentSettings
    rest: TwilioRest
    messages: LinkMessages
    background: Background


def build_carrier(parts: PhoneParts, stores: Stores) -> Carrier:
    settings = parts.settings
    recordings = Recordings(settings.flows_dir)
    documents = DocumentSettings(
        public_base=settings.public_base_url,
        sounds=recordings.seconds,
        marks=recordings.marks,
        fallback_number=settings.fallback_number,
    )
    rest = TwilioRest(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        api_key=settings.twilio_key_pair(),
        api_base=settings.twilio_api_base,
        documents=documents,
        http=parts.http,
        chance=random.random,
    )
    limits = MessageSettings(
        public_base=settings.public_base_url, per_day=settings.messages_per_day
    )
    return Carrier(
        documents=documents,
        rest=rest,
        messages=LinkMessages(rest, stores.sent_messages, limits),
        background=Background(),
    )


def build_door(
    parts: PhoneParts,
    tenant: Tenant,
    stores: Stores,
    calls: LiveCalls,
    carrier: Carrier,
    queues: Queues,
    said: SaidChecks,
) -> TwilioDoor:
    return TwilioDoor(
        check=_signature_check(parts.settings),
        account_sid=parts.settings.twilio_account_sid,
        calls=calls,
        queue=QueueDoor(
            tenant=tenant.id,
            calls=calls,
            turns=QueueTurns(calls=calls, entering=queues.entering, now=parts.now),
            answering=queues.answering,
            asides=queues.asides,
            forget=_forget(carrier),
            documents=carrier.documents,
        ),
        callbacks=CallbackDoor(
            tenant=tenant.id,
            ringing=queues.callbacks.ringing,
            placed=PlacedCalls(
                rows=stores.call_rows,
                calls=calls,
                talks=PlacedTalks(queues.floor),
                kept=queues.callbacks.kept,
                ref_of=of_the_call(call_ref_of(tenant)),
                now=parts.now,
            ),
            documents=carrier.documents,
        ),
        said=said,
        documents=carrier.documents,
    )


def _forget(carrier: Carrier) -> Callable[[str], None]:
    def forget(queue_sid: str) -> None:
        carrier.background.start(lambda: carrier.rest.forget_queue(queue_sid), "forget_queue")

    return forget


def _signature_check(settings: Settings) -> SignatureCheck:
    tokens = [settings.twilio_auth_token, settings.twilio_auth_token_next]
    return SignatureCheck(
        settings.public_base_url,
        Keys(
            auth_tokens=tuple(t.get_secret_value() for t in tokens if t is not None),
            shared_keys={k: v.get_secret_value() for k, v in settings.twilio_shared_keys.items()},
        ),
    )
