"""Messages by REST: send one, look at one."""

from __future__ import annotations

import re

from quart import request

from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.messages import Message, segments
from stand_ins.carrier.rest.refusals import Refused, not_found
from stand_ins.carrier.rest.shapes import rfc2822
from stand_ins.carrier.settings import E164
from stand_ins.carrier.webhooks.form import API_VERSION

BODY_MISSING, FROM_MISSING, TO_MISSING, BODY_TOO_LONG = 21602, 21603, 21604, 21617
BAD_TO, BAD_FROM = 21211, 21212
LONGEST_BODY = 1600
SIMULATED = frozenset({"To", "From", "Body"})
# An alphanumeric sender: 11 characters, at least one letter.
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


class MessageResources:
    """Answers are (body, HTTP status)."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def create(self) -> tuple[dict[str, object], int]:
        form = await request.form
        to_number, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not to_number:
            raise Refused(TO_MISSING, "A 'To' phone number is required.")
        if not sender:
            raise Refused(FROM_MISSING, "A 'From' phone number is required.")
        if not body:
            raise Refused(BODY_MISSING, "Message body is required.")
        if not E164.fullmatch(to_number):
            raise Refused(BAD_TO, f"Invalid 'To' Phone Number: {to_number}")
        if sender not in self._exchange.numbers and not _NAME.fullmatch(sender):
            raise Refused(BAD_FROM, f"The 'From' number {sender} is not a valid sender")
        if len(body) > LONGEST_BODY:
            raise Refused(BODY_TOO_LONG, "The concatenated message body exceeds 1600 characters")
        sent = self._exchange.messages.send(
            sender=sender,
            to_number=to_number,
            body=body,
            passed_over=tuple(sorted(set(form) - SIMULATED)),
        )
        return self._shape(sent, "queued"), 201

    async def fetch(self, sid: str) -> tuple[dict[str, object], int]:
        found = self._exchange.messages.find(sid)
        if found is None:
            raise not_found(request.path)
        return self._shape(found, "sent"), 200

    def _shape(self, message: Message, status: str) -> dict[str, object]:
        account = self._exchange.credentials.account_sid
        base = f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}"
        nothing = ("error_code", "error_message", "messaging_service_sid", "price")
        return {
            **dict.fromkeys(nothing),
            "sid": message.sid,
            "account_sid": account,
            "from": message.sender,
            "to": message.to_number,
            "body": message.body,
            "status": status,
            "direction": "outbound-api",
            "num_segments": str(segments(message.body)[0]),
            "num_media": "0",
            "api_version": API_VERSION,
            "price_unit": "USD",
            "date_created": rfc2822(message.sent_at),
            "date_updated": rfc2822(message.sent_at),
            "date_sent": None if status == "queued" else rfc2822(message.sent_at),
            "uri": f"{base}.json",
            "subresource_uris": {"media": f"{base}/Media.json"},
        }
