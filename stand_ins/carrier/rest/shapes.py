"""Calls, queues and members as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.queues import Member, Queue
from stand_ins.carrier.settings import Credentials, ServedNumber
from stand_ins.carrier.webhooks.form import API_VERSION

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def call_shape(call: Call) -> dict[str, object]:
    """The fields that the SDK reads; prices and trunks are not simulated and are null."""
    base = f"/{API_VERSION}/Accounts/{call.account_sid}/Calls/{call.sid}"
    nothing = ("price", "answered_by", "forwarded_from", "group_sid", "trunk_sid", "caller_name")
    parts = ("recordings", "notifications", "payments", "events")
    return {
        **dict.fromkeys(nothing),
        "sid": call.sid,
        "account_sid": call.account_sid,
        "parent_call_sid": call.parent_sid,
        "from": call.from_number,
        "from_formatted": call.from_number,
        "to": call.to_number,
        "to_formatted": call.to_number,
        "phone_number_sid": None,
        "status": call.status,
        "direction": call.direction,
        "api_version": API_VERSION,
        "price_unit": "USD",
        "queue_time": "0",
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.ended_wall or call.answered_wall or call.created),
        "start_time": rfc2822(call.answered_wall),
        "end_time": rfc2822(call.ended_wall),
        "duration": str(call.duration()) if not call.live else None,
        "uri": f"{base}.json",
        "subresource_uris": {part: f"{base}/{part.capitalize()}.json" for part in parts},
    }


def queue_shape(queue: Queue, account_sid: str) -> dict[str, object]:
    base = f"/{API_VERSION}/Accounts/{account_sid}/Queues/{queue.sid}"
    return {
        "sid": queue.sid,
        "account_sid": account_sid,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait(),
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(datetime.now(UTC)),
        "uri": f"{base}.json",
    }


def member_shape(queue: Queue, member: Member, account_sid: str) -> dict[str, object]:
    base = f"/{API_VERSION}/Accounts/{account_sid}/Queues/{queue.sid}"
    return {
        "call_sid": member.call_sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc2822(member.enqueued),
        "position": queue.position(member),
        "wait_time": member.wait_time(),
        "uri": f"{base}/Members/{member.call_sid}.json",
    }


def number_shape(number: ServedNumber, account_sid: str) -> dict[str, object]:
    """Text messages, addresses and papers are not simulated."""
    nothing = ("address_sid", "identity_sid", "bundle_sid", "emergency_address_sid")
    messages = {"sms_application_sid": None, "sms_url": "", "sms_fallback_url": ""}
    return {
        **dict.fromkeys(nothing),
        **messages,
        "sid": number.sid,
        "account_sid": account_sid,
        "phone_number": number.number,
        "friendly_name": number.number,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.fallback_url or "",
        "voice_fallback_method": number.fallback_method,
        "status_callback": number.status_callback or "",
        "status_callback_method": number.status_callback_method,
        "trunk_sid": number.trunk_sid,
        "voice_application_sid": number.voice_application_sid,
        "voice_receive_mode": number.voice_receive_mode,
        "voice_caller_id_lookup": False,
        "sms_method": "POST",
        "sms_fallback_method": "POST",
        "capabilities": {"voice": number.voice, "sms": False, "mms": False, "fax": False},
        "address_requirements": "none",
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "beta": False,
        "origin": "twilio",
        "status": "in-use",
        "api_version": API_VERSION,
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.updated or number.created),
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
    }


def account_shape(credentials: Credentials) -> dict[str, object]:
    """The account as its own token sees it: the real carrier shows the token here too."""
    base = f"/{API_VERSION}/Accounts/{credentials.account_sid}"
    parts = {"calls": "Calls", "queues": "Queues", "incoming_phone_numbers": "IncomingPhoneNumbers"}
    return {
        "sid": credentials.account_sid,
        "owner_account_sid": credentials.account_sid,
        "friendly_name": "simulated",
        "status": "active",
        "type": credentials.kind,
        "auth_token": credentials.auth_token,
        "date_created": rfc2822(BEGINNING),
        "date_updated": rfc2822(BEGINNING),
        "uri": f"{base}.json",
        "subresource_uris": {part: f"{base}/{name}.json" for part, name in parts.items()},
    }


def page_shape(
    key: str, items: list[dict[str, object]], path: str, page: int, size: int
) -> dict[str, object]:
    """One page of a list, with the addresses of its neighbours."""
    start = page * size
    last = max(0, (len(items) - 1) // size)

    def uri(number: int) -> str:
        return f"{path}?PageSize={size}&Page={number}"

    return {
        key: items[start : start + size],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start, min(start + size, len(items)) - 1),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if page < last else None,
        "previous_page_uri": uri(page - 1) if page > 0 else None,
    }


def rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
