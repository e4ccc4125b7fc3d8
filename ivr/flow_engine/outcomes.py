"""The closed words of `ivr-flow/1`: exits, hints, modes and levels a flow may name.

They are frozen with the format number. `identity.pairing.outcomes` may grow;
`live_calls.pairing_news` alone translates, and an unknown word becomes `other`.
"""

from typing import Final

COMPLETE_EXITS: Final = ("verified", "verified_no_contract", "verified_multiple_contracts")
ALARM_EXITS: Final = ("user_declined_call", "wrong_choice", "risk_blocked", "superseded")
FAILED_EXITS: Final = (
    *ALARM_EXITS,
    "user_cancelled",
    "code_expired",
    "session_expired",
    "call_ended",
    "pin_blocked",
    "pin_last_try",
    "card_without_pin",
    "certificate_revoked",
    "certificate_expired",
    "certificate_unsupported",
    "signature_invalid",
    "person_mismatch",
    "level_not_reached",
    "app_unsupported",
    "revocation_unavailable",
    "linkage_unavailable",
    "internal_error",
)
REVOKED: Final = "certificate_revoked"
"""Of a check, how it failed; of a verdict, what has become of its certificate since."""
CANCELLED_EXITS: Final = ("by_operator", "by_system", "caller_skipped", "no_ticket")
OTHER: Final = "other"
VERIFY_EXITS: Final = (*COMPLETE_EXITS, *FAILED_EXITS, *CANCELLED_EXITS)

PENDING_HINTS: Final = (
    "awaiting_app",
    "app_opened",
    "awaiting_call_confirm",
    "awaiting_choice",
    "awaiting_card",
    "awaiting_pin",
    "verifying",
    "matching_contract",
    "awaiting_dial",
)
# What expressions find in `identity.status`, `identity.risk` and `identity.hint`.
STATUSES: Final = ("none", "pending", "complete", "failed", "cancelled")
RISKS: Final = ("none", "alarm")
HINTS: Final = ("", *PENDING_HINTS, *VERIFY_EXITS, "repudiated")
MODES: Final = ("app_dial", "sms_link", "spoken_code", "keyed_code", "operator_started")

# Position in the tuple is the rank that expressions compare (`level.<code>` constants).
IDENTITY_LEVELS: Final = ("id_none", "id_number", "id_knowledge", "id_card_auth", "id_card_sign")
BINDING_LEVELS: Final = ("bind_none", "bind_code", "bind_choice", "bind_device")
REQUIRABLE_IDENTITY: Final = ("id_card_auth", "id_card_sign")

HOLIDAY: Final = "holiday"
LEFT: Final = "left"
HOURS_EXITS: Final = ("open", "closed")
"""Those a node has to write; HOLIDAY goes where `closed` goes, unless it is written."""
COUNT_EXITS: Final = ("again", "exhausted")
LOOKUP_EXITS: Final = ("found", "none", "multiple", "error")
ROUTE_EXITS: Final = ("connected", "abandoned", "full", "timeout", "error")
"""With a leave key LEFT is one more."""
TALK_OVER: Final = ("connected", "abandoned")
"""Nobody is left on the line then."""
CALLBACK_EXITS: Final = ("accepted", "unavailable", "error")

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NUMBER_KINDS: Final = ("mobile", "landline", "ip", "free", "foreign", "withheld")
CALL_STATES: Final = ("outgoing", "incoming", "in_call", "none", "unknown")
