"""The fields that stand in every request about a call."""

from __future__ import annotations

from stand_ins.carrier.calls.call import Call

API_VERSION = "2010-04-01"


def standard_fields(call: Call) -> dict[str, str]:
    """Who calls whom, in which state. Places are sent empty, as for most Japanese numbers."""
    fields = {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "From": call.from_number,
        "To": call.to_number,
        "Caller": call.from_number,
        "Called": call.to_number,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
    }
    for party, number in (("From", call.from_number), ("To", call.to_number)):
        fields[f"{party}Country"] = "JP" if number.startswith("+81") else ""
        fields |= {f"{party}State": "", f"{party}City": "", f"{party}Zip": ""}
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    return fields
